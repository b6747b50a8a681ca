using System.Security.Cryptography;
using System.Text;
using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Sessions.Files.Doors;

namespace OpenCode.Actors.Sessions.Tools.Paths.Doors;

/// <summary>Reads and writes whole files of this machine.</summary>
/// <param name="files">Opens them.</param>
internal sealed class DiskStore(IFileTree files) : IFileStore
{
    // A longer name, with what is added, would be too long for a file system.
    private const int LongestName = 100;

    // Each write lists its folder, and a folder of packages has any number of entries.
    private const int MostListed = 1_000;

    // A number of a process would not do: servers in containers share theirs, and one that starts anew has the one of before.
    private static readonly string _server = $"{Guid.NewGuid():N}-";

    /// <summary>Gets the pattern of the names that files have until they are whole.</summary>
    public static string TemporaryNames => ".*.opencode-*.tmp";

    public FileStamp? Find(string path)
    {
        var info = new FileInfo(path);
        return info.Exists ? new FileStamp(info.LastWriteTimeUtc, info.Length) : null;
    }

    public byte[] Read(string path, int mostBytes)
    {
        using var file = Open(path);
        if (file.Length > mostBytes)
            throw new IOException($"The file {path} has {file.Length} bytes; {mostBytes} are the most that this tool takes. Use a command for it.");

        var content = new byte[file.Length];
        return content[..file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)];
    }

    public FileStamp Write(string path, ReadOnlySpan<byte> content, CancellationToken cancellationToken)
    {
        try
        {
            return Replace(path, content, cancellationToken);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new IOException($"The file {path} cannot be written: {e.Message}", e);
        }
    }

    public void SyncAll(string folder)
    {
        if (OperatingSystem.IsLinux())
            NativeFiles.SyncFileSystem(folder);
    }

    private FileStamp Replace(string path, ReadOnlySpan<byte> content, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path))
            throw new IOException($"{path} is a folder, and cannot be written as a file. Give the path of a file.");

        CheckMayWrite(path);
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        var prefix = TemporaryPrefix(Path.GetFileName(path));
        RemoveLeft(folder, prefix);
        var temporary = Path.Combine(folder, $"{prefix}{_server}{Guid.NewGuid():N}.tmp");
        var renamed = false;
        var mode = ModeFor(path);
        try
        {
            // Open until it is renamed: by its lock other servers know that it is being written.
            using var file = new FileStream(temporary, mode);
            if (!ExactFiles.IsAt(file, temporary))
                throw new IOException($"The folder {folder} was replaced by a link meanwhile. Nothing was written. Call it again if that is still wanted.");

            // The system takes the bits of the umask from the mode that a file is made with.
            if (mode.UnixCreateMode is { } kept && !OperatingSystem.IsWindows())
                File.SetUnixFileMode(file.SafeFileHandle, kept);
            file.Write(content);
            file.Flush(flushToDisk: true);
            cancellationToken.ThrowIfCancellationRequested();
            File.Move(temporary, path, overwrite: true);
            renamed = true;
            return Find(path) ?? throw new IOException($"The file {path} was removed as soon as it was written. Find what removes it, then write it again.");
        }
        finally
        {
            if (!renamed)
                File.Delete(temporary);
        }
    }

    // Whatever may not be opened, such as the store of the server, is not replaced either, and not made where it is missing.
    private void CheckMayWrite(string path)
    {
        try
        {
            files.CheckName(path);
        }
        catch (IOException e)
        {
            throw new IOException($"The file {path} cannot be written: {e.Message}", e);
        }

        if (File.Exists(path))
            Open(path).Dispose();
    }

    private Stream Open(string path)
    {
        try
        {
            return files.Open(path);
        }
        catch (IOException e)
        {
            throw new IOException($"The file {path} cannot be opened: {e.Message}", e);
        }
    }

    private static string TemporaryPrefix(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        return $".{(bytes.Length <= LongestName ? name : Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16)))}.opencode-";
    }

    // A server that was killed left them.
    private void RemoveLeft(string folder, string prefix)
    {
        try
        {
            foreach (var left in Directory.EnumerateFileSystemEntries(folder).Take(MostListed).Where(left => IsOfOthers(Path.GetFileName(left), prefix) && IsLeft(left)))
                File.Delete(left);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folder may not be listed. The write does not need them gone.
        }
    }

    private static bool IsOfOthers(string name, string prefix) =>
        name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(".tmp", StringComparison.Ordinal) && !name.StartsWith(prefix + _server, StringComparison.Ordinal);

    // The system has dropped the lock of a server that was killed, flock(2). It is opened as all files are: another name of the store is refused.
    private bool IsLeft(string path)
    {
        try
        {
            using var opened = new FileInfo(path).LinkTarget is null ? files.Open(path) : null;
            return opened is FileStream file && NativeFiles.HasNoLock(file.SafeFileHandle);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // It is gone, another user's, or nothing that a server makes.
        }
    }

    private static FileStreamOptions ModeFor(string path)
    {
        // Shared for deletion alone: that locks it, and lets it be renamed while it is open.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Delete };
        if (OperatingSystem.IsWindows() || !File.Exists(path))
            return options;

        // A file that may not be written is not replaced either, although the rights of its folder would allow it.
        if (!NativeFiles.MayWrite(path))
            throw new IOException($"The file {path} may not be written by this server. Write another one, or ask the user to change its rights.");

        options.UnixCreateMode = File.GetUnixFileMode(path);
        return options;
    }
}
