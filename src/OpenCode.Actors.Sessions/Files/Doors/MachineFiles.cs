using System.IO.Enumeration;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OpenCode.Actors.Sessions.Files.Doors;

/// <summary>The files of this machine.</summary>
/// <param name="store">The path of the server's own store, which only SQLite may open; null when there is none here.</param>
internal sealed partial class MachineFiles(string? store = null) : IFileTree
{
    private static readonly EnumerationOptions _everything = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    private readonly string? _store = store is null ? null : RealPath(store) ?? Path.GetFullPath(store);

    public EntryKind Look(string path) => Directory.Exists(path) ? EntryKind.Folder : File.Exists(path) ? EntryKind.File : EntryKind.Missing;

    public Stream Open(string path)
    {
        // Rule "Only SQLite opens the file": closing a second descriptor of the store would drop its locks. The log and the index of the store begin with its name.
        if (_store is not null && RealPath(path)?.StartsWith(_store, StringComparison.Ordinal) == true)
            throw new IOException("it is the store of this server.");

        try
        {
            return new FileStream(OpenWithoutWaiting(path), FileAccess.Read, bufferSize: 0);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new IOException(e.Message, e);
        }
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

    // Opening a pipe waits for one that writes, for ever. So it is opened without a wait, and refused if it cannot be moved about in, as only regular files and some devices can.
    private static SafeFileHandle OpenWithoutWaiting(string path)
    {
        if (OperatingSystem.IsWindows())
            return File.OpenHandle(path);

        var (nonBlocking, closeOnExec) = OperatingSystem.IsMacOS() ? (0x4, 0x100_0000) : (0x800, 0x8_0000);
        var descriptor = OpenFile(path, nonBlocking | closeOnExec);
        if (descriptor < 0)
            throw new IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Seek(descriptor, 0, 0) >= 0)
            return handle;

        handle.Dispose();
        throw new IOException("it is no regular file.");
    }

    private static string? RealPath(string path)
    {
        if (OperatingSystem.IsWindows())
            return Path.GetFullPath(path);

        var real = ResolvePath(path, 0);
        try
        {
            return Marshal.PtrToStringUTF8(real);
        }
        finally
        {
            Free(real);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static partial long Seek(int descriptor, long offset, int from);

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint ResolvePath(string path, nint buffer);

    [LibraryImport("libc", EntryPoint = "free")]
    private static partial void Free(nint memory);
}
