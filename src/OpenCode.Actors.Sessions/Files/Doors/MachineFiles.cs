using System.IO.Enumeration;
using Microsoft.Win32.SafeHandles;

namespace OpenCode.Actors.Sessions.Files.Doors;

/// <summary>The files of this machine. All files that a client, a model or a configuration names are opened here.</summary>
/// <param name="store">The path of the server's own store, which only SQLite may open; null when there is none here. The keys of providers beside it are not opened either.</param>
internal sealed class MachineFiles(string? store = null) : IFileTree
{
    private const string OpenFiles = "/proc/self/fd/";

    private static readonly EnumerationOptions _everything = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    // The store, its log and the index of that; and what stands beside it and holds secrets.
    private readonly string[] _store = store is null ? [] :
    [
        .. new[] { "", "-wal", "-shm" }.Select(end => Path.GetFullPath(store) + end),
        .. new[] { "auth.json", "holder.json" }.Select(name => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(store))!, name)),
    ];

    public EntryKind Look(string path) => Directory.Exists(path) ? EntryKind.Folder : File.Exists(path) ? EntryKind.File : EntryKind.Missing;

    public Stream Open(string path)
    {
        try
        {
            return new FileStream(OperatingSystem.IsLinux() ? OpenByFacts(path) : OpenByName(path), FileAccess.Read, bufferSize: 0);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new IOException(e.Message, e);
        }
    }

    public void CheckName(string path)
    {
        if (_store.Any(file => Path.GetFileName(file) == Path.GetFileName(path) && NativeFiles.RealPath(Path.GetDirectoryName(file)!) is { } own && own == NativeFiles.RealPath(Path.GetDirectoryName(Path.GetFullPath(path))!)))
            throw OfTheStore();
    }

    public IEnumerable<FolderEntry> List(string path)
    {
        try
        {
            return new FileSystemEnumerable<FolderEntry>(path, Entry, _everything);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or ArgumentException)
        {
            throw new IOException(e.Message, e);
        }
    }

    // What the listing itself tells: the rest would cost a look at each entry. Of links it matters only whether they lead to a folder.
    private static FolderEntry Entry(ref FileSystemEntry entry) =>
        new(entry.FileName.ToString(), entry.IsDirectory, entry.IsDirectory && entry.Attributes.HasFlag(FileAttributes.ReparsePoint));

    // Rule "Only SQLite opens the file": closing a second descriptor of the store would drop its locks. So the file is found first, judged by what it is, whatever name or link it goes by, and
    // then that same file is opened.
    private SafeFileHandle OpenByFacts(string path)
    {
        using var name = NativeFiles.OpenName(path);
        var facts = NativeFiles.Look(name);
        if (!facts.IsRegular)
            throw new IOException("it is no regular file."); // Opening a pipe waits for one that writes, for ever.
        if (_store.Any(file => NativeFiles.Look(file) is { } own && (own.Device, own.Inode) == (facts.Device, facts.Inode)))
            throw OfTheStore();

        var found = OpenFiles + name.DangerousGetHandle();
        if (new FileInfo(found).LinkTarget is { } real && IsEnvironment(real))
            throw new IOException("it is the environment of a process, with its secrets.");
        return NativeFiles.OpenWithoutWaiting(File.Exists(found) ? found : path);
    }

    // Rule "Secrets stay in the server": that of this process, of those that started it, and of their threads.
    private static bool IsEnvironment(string path) => path.StartsWith("/proc/", StringComparison.Ordinal) && path.EndsWith("/environ", StringComparison.Ordinal);

    // Where the system does not say which file it is.
    private SafeFileHandle OpenByName(string path)
    {
        if (NativeFiles.RealPath(path) is { } real && _store.Any(file => NativeFiles.RealPath(file) == real))
            throw OfTheStore();
        if (OperatingSystem.IsWindows())
            return File.OpenHandle(path);

        var file = NativeFiles.OpenWithoutWaiting(path);
        if (NativeFiles.CanSeek(file))
            return file;

        file.Dispose();
        throw new IOException("it is no regular file.");
    }

    private static IOException OfTheStore() => new("it is of the store of this server.");
}
