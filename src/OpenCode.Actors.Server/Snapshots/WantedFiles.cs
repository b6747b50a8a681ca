namespace OpenCode.Actors.Server.Snapshots;

/// <summary>What files are to be after an undo: their paths in the worktree, and what each was; null for one that was not there.</summary>
internal sealed class WantedFiles
{
    private readonly SortedDictionary<string, TreeEntry?> _wanted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TreeEntry?> _left = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TreeEntry> _now = new(StringComparer.Ordinal);

    /// <summary>Gets the files.</summary>
    public IReadOnlyDictionary<string, TreeEntry?> All => _wanted;

    /// <summary>Gets the paths that an undo is about.</summary>
    public IEnumerable<string> Paths => _wanted.Keys.Union(_left.Keys, StringComparer.Ordinal);

    /// <summary>Adds a step that is undone. They come in the order in which they were made: a file is to be what it was before the first that changed it.</summary>
    public void Undo(IEnumerable<TreeChange> changes)
    {
        foreach (var change in changes)
            _wanted.TryAdd(change.Path, change.Old);
    }

    /// <summary>Adds a step that was undone before, in the same order.</summary>
    public void WasUndone(IEnumerable<TreeChange> changes)
    {
        foreach (var change in changes)
            _left.TryAdd(change.Path, change.Old);
    }

    /// <summary>Brings back what was undone before, and is not undone any more.</summary>
    /// <param name="now">The files before anything was undone: those of <see cref="Paths"/> that were there.</param>
    public void BringBack(IEnumerable<(string Path, TreeEntry Entry)> now)
    {
        foreach (var (path, entry) in now)
            _now[path] = entry;
        foreach (var path in _left.Keys)
            _wanted.TryAdd(path, _now.GetValueOrDefault(path));
    }

    /// <summary>True if a file is as it was before anything was undone, or as an undo leaves it. Any other content is the user's, and in no snapshot.</summary>
    /// <remarks>Its mode does not count: a kill between content and mode leaves a file with the new content and the old mode.</remarks>
    public bool Knows(string path, TreeEntry? found) =>
        found?.Hash == _now.GetValueOrDefault(path)?.Hash || found?.Hash == _wanted.GetValueOrDefault(path)?.Hash || (_left.TryGetValue(path, out var left) && found?.Hash == left?.Hash);
}
