using System.Text;
using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Tools.Paths;

namespace OpenCode.Actors.Tests.Sessions.Tools;

/// <summary>Files in memory, with links; work on them is done at once.</summary>
internal sealed class MemoryFiles : IFileTree, IFileStore, IFileWork, IPathFacts
{
    private readonly SortedDictionary<string, (byte[] Content, FileStamp Stamp)> _files = new(StringComparer.Ordinal);
    private int _writes;

    public string Home => "/home/user";

    /// <summary>Gets the links: a path, and the real one it leads to.</summary>
    public Dictionary<string, string> Links { get; } = [];

    public string this[string path]
    {
        get => Encoding.UTF8.GetString(_files[path].Content);
        set => Put(path, Encoding.UTF8.GetBytes(value));
    }

    public bool Has(string path) => _files.ContainsKey(path);

    public FileStamp Put(string path, byte[] content)
    {
        var stamp = new FileStamp(DateTime.UnixEpoch.AddSeconds(++_writes), content.Length);
        _files[path] = (content, stamp);
        return stamp;
    }

    public void Remove(string path) => _files.Remove(path);

    public string RealPath(string path)
    {
        var full = Path.GetFullPath(path);
        foreach (var (link, target) in Links)
        {
            if (full == link || full.StartsWith(link + "/", StringComparison.Ordinal))
                return RealPath(target + full[link.Length..]);
        }

        return full.Length > 1 ? full.TrimEnd('/') : full;
    }

    public bool IsFolder(string path) => Look(path) == EntryKind.Folder;

    public EntryKind Look(string path) =>
        _files.ContainsKey(path) ? EntryKind.File : _files.Keys.Any(file => file.StartsWith(path.TrimEnd('/') + "/", StringComparison.Ordinal)) ? EntryKind.Folder : EntryKind.Missing;

    public Stream Open(string path) => _files.TryGetValue(path, out var file) ? new MemoryStream(file.Content) : throw new FileNotFoundException($"There is no {path}.");

    public IEnumerable<FolderEntry> List(string path)
    {
        var prefix = path.TrimEnd('/') + "/";
        var names = _files.Keys.Where(file => file.StartsWith(prefix, StringComparison.Ordinal)).Select(file => file[prefix.Length..]).ToList();
        var entries = names.Select(static name => name.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? new FolderEntry(name[..slash], IsFolder: true) : new FolderEntry(name, IsFolder: false));
        var links = Links.Keys.Where(link => Path.GetDirectoryName(link) + "/" == prefix).Select(link => new FolderEntry(Path.GetFileName(link), IsFolder(Links[link]), IsLink: true));
        return [.. entries.Distinct(), .. links];
    }

    public FileStamp? Find(string path) => _files.TryGetValue(path, out var file) ? file.Stamp : null;

    public byte[] Read(string path, int mostBytes) => _files[path].Content is var content && content.Length <= mostBytes ? content : throw new IOException($"{path} is too large.");

    public FileStamp Write(string path, ReadOnlySpan<byte> content, CancellationToken cancellationToken) => Put(path, content.ToArray());

    public void SyncAll(string folder)
    {
        // There is no power to be cut.
    }

    public Task<T> DoAsync<T>(Func<IFileTree, CancellationToken, T> work, TimeSpan limit, CancellationToken cancellationToken) => Task.FromResult(work(this, cancellationToken));
}
