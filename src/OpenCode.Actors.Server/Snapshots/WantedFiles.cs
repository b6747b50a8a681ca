namespace OpenCode.Actors.Server.Snapshots;

/// <summary>What files are to be after an undo: their paths in the worktree, and what each was; null for one that was not there.</summary>
internal sealed class WantedFiles
{
    private readonly SortedDictionary<string, TreeEntry?> _wanted = new(StringComparer.Ordinal);
    private readonly HashSet<string> _undoneBefore = new(StringComparer.Ordinal);

    /// <summary>Gets the files.</summary>
    public IReadOnlyDictionary<string, TreeEntry?> All => _wanted;

    /// <summary>Adds a step that is undone. They come in the order in which they were made: a file is to be what it was before the first that changed it.</summary>
    public void Undo(IEnumerable<TreeChange> changes)
    {
        foreach (var change in changes)
            _wanted.TryAdd(change.Path, change.Old);
    }

    /// <summary>Adds a step that was undone before.</summary>
    public void WasUndone(IEnumerable<TreeChange> changes) => _undoneBefore.UnionWith(changes.Select(static change => change.Path));

    /// <summary>Brings back what was undone before, and is not undone any more.</summary>
    /// <param name="differences">How the files are now, from what they were before anything was undone.</param>
    public void BringBack(IEnumerable<TreeChange> differences) => Undo(differences.Where(change => _undoneBefore.Contains(change.Path)));

    /// <summary>True if an undo is about a file.</summary>
    public bool IsAbout(string path) => _wanted.ContainsKey(path) || _undoneBefore.Contains(path);
}
