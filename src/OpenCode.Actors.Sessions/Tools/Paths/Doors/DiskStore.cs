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

    // One name per file and server: what a crash left is replaced by the next write of the same file.
    private static readonly string _suffix = $"{Environment.ProcessId}.tmp";

    /// <summary>Returns what the names of the files begin with that become a file when they are whole.</summary>
    /// <param name="name">The name of that file.</param>
    public static string TemporaryPrefix(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        return $".{(bytes.Length <= LongestName ? name : Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16)))}.opencode-";
    }

    public FileStamp? Find(string path)
    {
        var info = new FileInfo(path);
        return info.Exists ? new FileStamp(info.LastWriteTimeUtc, info.Length) : null;
    }

    public byte[] Read(string path, int mostBytes)
    {
        using var file = files.Open(path);
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

    private FileStamp Replace(string path, ReadOnlySpan<byte> content, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path))
            throw new IOException($"{path} is a folder, and cannot be written as a file. Give the path of a file.");

        // Whatever may not be opened, such as the store of the server, is not replaced either.
        if (File.Exists(path))
            files.Open(path).Dispose();

        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, TemporaryPrefix(Path.GetFileName(path)) + _suffix);
        var renamed = false;
        var mode = ModeFor(path);
        File.Delete(temporary); // Left by a crash, or a link put there by another process: it is not followed.
        try
        {
            using (var file = new FileStream(temporary, mode))
            {
                if (!ExactFiles.IsAt(file, temporary))
                    throw new IOException($"The folder {folder} was replaced by a link meanwhile. Nothing was written. Call it again if that is still wanted.");

                // The system takes the bits of the umask from the mode that a file is made with.
                if (mode.UnixCreateMode is { } kept && !OperatingSystem.IsWindows())
                    File.SetUnixFileMode(file.SafeFileHandle, kept);
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            cancellationToken.ThrowIfCancellationRequested();
            File.Move(temporary, path, overwrite: true);
            renamed = true;
            return Find(path) ?? throw new IOException($"The file {path} was removed as soon as it was written. Look for what removes it, then write it again.");
        }
        finally
        {
            if (!renamed)
                File.Delete(temporary);
        }
    }

    private static FileStreamOptions ModeFor(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (OperatingSystem.IsWindows() || !File.Exists(path))
            return options;

        // A file that may not be written is not replaced either, although the rights of its folder would allow it.
        if (!NativeFiles.MayWrite(path))
            throw new IOException($"The file {path} may not be written by this server. Write another one, or ask the user to change its rights.");

        options.UnixCreateMode = File.GetUnixFileMode(path);
        return options;
    }
}
