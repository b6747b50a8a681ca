namespace OpenCode.Actors.Server.Snapshots;

/// <summary>The files after an undo: their paths in the worktree with their content; null for a file that did not exist.</summary>
internal sealed class FilesAfterUndo
{
    private readonly SortedDictionary<string, TreeEntry?> _wanted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TreeEntry?> _made = new(StringComparer.Ordinal);
    private readonly HashSet<string> _between = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TreeEntry?> _left = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TreeEntry> _now = new(StringComparer.Ordinal);

    /// <summary>Gets the files.</summary>
    public IReadOnlyDictionary<string, TreeEntry?> All => _wanted;

    /// <summary>Gets the paths that an undo is about.</summary>
    public IEnumerable<string> Paths => _wanted.Keys.Union(_left.Keys, StringComparer.Ordinal);

    /// <summary>Gets the files that something else changed between the steps that are undone now, or after them.</summary>
    public IEnumerable<string> ChangedByOthers => _made
        .Where(file => !_left.ContainsKey(file.Key) && _now.GetValueOrDefault(file.Key)?.Hash is var now && now != _wanted[file.Key]?.Hash && (now != file.Value?.Hash || _between.Contains(file.Key)))
        .Select(static file => file.Key).Order(StringComparer.Ordinal);

    /// <summary>Adds a step that is undone. Add them in their order: a file gets its content before the first step that changed it.</summary>
    public void Undo(IEnumerable<TreeChange> changes)
    {
        foreach (var change in changes)
        {
            _wanted.TryAdd(change.Path, change.Old);
            if (_made.TryGetValue(change.Path, out var before) && before?.Hash != change.Old?.Hash)
                _between.Add(change.Path);
            _made[change.Path] = change.New;
        }
    }

    /// <summary>Adds a step that was undone before, in the same order.</summary>
    public void WasUndone(IEnumerable<TreeChange> changes)
    {
        foreach (var change in changes)
            _left.TryAdd(change.Path, change.Old);
    }

    /// <summary>Brings back the files of steps that are not undone any more.</summary>
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
