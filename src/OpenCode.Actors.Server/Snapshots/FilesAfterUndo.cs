namespace OpenCode.Actors.Server.Snapshots;

/// <summary>The files after an undo: their paths in the worktree with their content; null for a file that did not exist.</summary>
internal sealed class FilesAfterUndo
{
    private readonly SortedDictionary<string, TreeEntry?> _wanted = new(StringComparer.Ordinal);
    private readonly HashSet<string> _undoneBefore = new(StringComparer.Ordinal);

    /// <summary>Gets the files.</summary>
    public IReadOnlyDictionary<string, TreeEntry?> All => _wanted;

    /// <summary>Adds a step that is undone. Add them in their order: a file gets its content before the first step that changed it.</summary>
    public void Undo(IEnumerable<TreeChange> changes)
    {
        foreach (var change in changes)
            _wanted.TryAdd(change.Path, change.Old);
    }

    /// <summary>Adds a step that was undone before.</summary>
    public void WasUndone(IEnumerable<TreeChange> changes) => _undoneBefore.UnionWith(changes.Select(static change => change.Path));

    /// <summary>Brings back the files of steps that are not undone any more.</summary>
    /// <param name="differences">How the files are now, from what they were before anything was undone.</param>
    public void BringBack(IEnumerable<TreeChange> differences) => Undo(differences.Where(change => _undoneBefore.Contains(change.Path)));

    /// <summary>True if the undo restores a file.</summary>
    public bool IsAbout(string path) => _wanted.ContainsKey(path) || _undoneBefore.Contains(path);
}
