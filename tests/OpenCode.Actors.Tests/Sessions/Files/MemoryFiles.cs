using System.Text;
using OpenCode.Actors.Sessions.Files;

namespace OpenCode.Actors.Tests.Sessions.Files;

/// <summary>Files in memory. Work on them is done at once.</summary>
internal sealed class MemoryFiles : IFileTree, IFileWork
{
    private readonly SortedDictionary<string, byte[]?> _files = new(StringComparer.Ordinal);

    /// <summary>Gets or sets a value indicating whether the files answer too late.</summary>
    public bool IsAway { get; set; }

    /// <summary>Gets how often a file was opened.</summary>
    public int Opened { get; private set; }

    public MemoryFiles Add(string path, string text = "") => Add(path, Encoding.UTF8.GetBytes(text));

    public MemoryFiles Add(string path, byte[] data)
    {
        _files[path] = data;
        return this;
    }

    /// <summary>Adds a file without the right to read it.</summary>
    public MemoryFiles AddLocked(string path)
    {
        _files[path] = null;
        return this;
    }

    public EntryKind Look(string path) =>
        _files.ContainsKey(path) ? EntryKind.File : _files.Keys.Any(file => file.StartsWith(Folder(path), StringComparison.Ordinal)) ? EntryKind.Folder : EntryKind.Missing;

    public Stream Open(string path)
    {
        Opened++;
        return !_files.TryGetValue(path, out var data) ? throw new FileNotFoundException("it is gone.") : data is null ? throw new IOException("permission denied.") : new MemoryStream(data);
    }

    public IEnumerable<FolderEntry> List(string path) => Look(path) != EntryKind.Folder ? throw new DirectoryNotFoundException("it is gone.") : _files.Keys
        .Where(file => file.StartsWith(Folder(path), StringComparison.Ordinal))
        .Select(file => file[Folder(path).Length..])
        .Select(rest => rest.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? new FolderEntry(rest[..slash], IsFolder: true) : new FolderEntry(rest, IsFolder: false))
        .Distinct();

    public async Task<T> DoAsync<T>(Func<IFileTree, CancellationToken, T> work, TimeSpan limit, CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        return IsAway ? throw new TimeoutException("The files did not answer.") : work(this, cancellationToken);
    }

    private static string Folder(string path) => path.EndsWith('/') ? path : path + "/";
}
