namespace OpenCode.Actors.Journal.Disks;

/// <summary>The names on a <see cref="MemoryDisk"/>, as they are and as they are synced. Guarded by its disk.</summary>
internal sealed class MemoryFolder
{
    private readonly List<Change> _unsynced = [];
    private SortedDictionary<string, MemoryContent> _names = new(StringComparer.Ordinal);
    private SortedDictionary<string, MemoryContent> _synced = new(StringComparer.Ordinal);

    public long TotalBytes
    {
        get
        {
            var total = 0L;
            foreach (var content in _names.Values)
                total += content.Length;

            return total;
        }
    }

    public MemoryContent? Find(string path) => _names.GetValueOrDefault(path);

    public List<string> List(string folder)
    {
        var names = new List<string>();
        foreach (var path in _names.Keys)
        {
            if (FolderOf(path) == folder)
                names.Add(path[(folder.Length == 0 ? 0 : folder.Length + 1)..]);
        }

        return names;
    }

    public void Put(string path, MemoryContent content) => Do(new(path, null, content));

    public void Remove(string path) => Do(new(path, null, null));

    public void Move(string from, string to) => Do(new(to, from, null));

    public void Sync(string folder)
    {
        foreach (var change in _unsynced)
        {
            if (FolderOf(change.Path) == folder)
                change.ApplyTo(_synced);
        }

        _unsynced.RemoveAll(c => FolderOf(c.Path) == folder);
    }

    public void Crash(Func<ulong> coins)
    {
        foreach (var change in _unsynced)
        {
            if ((coins() & 1) == 1)
                change.ApplyTo(_synced);
        }

        _unsynced.Clear();
        _names = new(_synced, StringComparer.Ordinal);
        foreach (var content in _names.Values)
            content.Crash(coins);
    }

    public void CopyTo(MemoryFolder other)
    {
        foreach (var (path, content) in _names)
            other._names[path] = other._synced[path] = content.Copy();
    }

    private static string FolderOf(string path) => path[..Math.Max(0, path.LastIndexOf('/'))];

    private void Do(Change change)
    {
        change.ApplyTo(_names);
        _unsynced.Add(change);
    }

    /// <summary>Path gets the content; or the content that From has; or, without either, is gone.</summary>
    private readonly record struct Change(string Path, string? From, MemoryContent? Content)
    {
        public void ApplyTo(SortedDictionary<string, MemoryContent> names)
        {
            if (Content is not null)
                names[Path] = Content;
            else if (From is null)
                names.Remove(Path);
            else if (names.Remove(From, out var moved))
                names[Path] = moved;
        }
    }
}
