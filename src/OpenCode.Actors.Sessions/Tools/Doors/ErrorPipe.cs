using System.IO.Pipes;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OpenCode.Actors.Sessions.Tools.Doors;

/// <summary>The pipe of a command's stderr: a named one, since a process is given three pipes only and its guard needs them. Its name is gone as soon as the command has opened it.</summary>
internal sealed partial class ErrorPipe : IDisposable
{
    private const int OwnerOnly = 0x180; // 0600
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("opencode-tool-");

    /// <summary>Makes a pipe and opens it for reading, without waiting for what writes.</summary>
    /// <exception cref="ToolProcessException">The folder for temporary files takes no pipe.</exception>
    public ErrorPipe()
    {
        Name = Path.Combine(_folder.FullName, "stderr");
        var (nonBlocking, closeOnExec) = OperatingSystem.IsMacOS() ? (0x4, 0x100_0000) : (0x800, 0x8_0000);
        var descriptor = MakePipe(Name, OwnerOnly) == 0 ? OpenFile(Name, nonBlocking | closeOnExec) : -1;
        if (descriptor < 0)
        {
            var reason = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
            Dispose();
            throw new ToolProcessException($"The command could not be started: no pipe can be made in '{Path.GetTempPath()}': {reason}.");
        }

        Reader = new AnonymousPipeClientStream(PipeDirection.In, new SafePipeHandle(descriptor, ownsHandle: true));
    }

    /// <summary>Gets the name, for what writes.</summary>
    public string Name { get; }

    /// <summary>Gets what is read from. It is at its end while nothing has opened the pipe for writing. Its owner disposes it.</summary>
    public Stream Reader { get; } = Stream.Null;

    /// <summary>Removes the name.</summary>
    public void Dispose() => _folder.Delete(recursive: true);

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakePipe(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);
}
