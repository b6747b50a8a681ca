using System.IO.Pipes;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OpenCode.Actors.Sessions.Tools.Doors;

/// <summary>The pipes of a command's stderr and stdin: named ones, since a process is given three pipes only and its guard needs them. Their names are gone as soon as the command has opened them.</summary>
internal sealed partial class NamedPipes : IDisposable
{
    private const int OwnerOnly = 0x180; // 0600
    private const int WriteOnly = 0x1;
    private const int ReadAndWrite = 0x2;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("opencode-tool-");
    private Stream? _held;

    /// <summary>Makes the pipes and opens them, without waiting for the other end.</summary>
    /// <param name="hasInput">Whether there is one for stdin.</param>
    /// <exception cref="ToolProcessException">The folder for temporary files takes no pipe.</exception>
    public NamedPipes(bool hasInput)
    {
        ErrorName = Path.Combine(_folder.FullName, "stderr");
        InputName = hasInput ? Path.Combine(_folder.FullName, "stdin") : "/dev/null";
        Reader = new AnonymousPipeClientStream(PipeDirection.In, Make(ErrorName, 0));
        try
        {
            // A pipe cannot be opened for writing before it has a reader, and its reader waits for what writes. Open for both, this end waits for none.
            _held = hasInput ? new AnonymousPipeClientStream(PipeDirection.Out, Make(InputName, ReadAndWrite)) : null;
        }
        catch
        {
            Reader.Dispose();
            throw;
        }
    }

    /// <summary>Gets the name of the pipe for stderr.</summary>
    public string ErrorName { get; }

    /// <summary>Gets the name of the pipe for stdin; <c>/dev/null</c> without one.</summary>
    public string InputName { get; }

    /// <summary>Gets what stderr is read from. It is at its end while nothing has opened the pipe for writing. Its owner disposes it.</summary>
    public Stream Reader { get; }

    /// <summary>Opens what stdin is written to, now that it has a reader: writing fails when that is gone. Its owner disposes it.</summary>
    public Stream OpenInput() => _held is null ? Stream.Null : new AnonymousPipeClientStream(PipeDirection.Out, Open(InputName, WriteOnly));

    /// <summary>Removes the names.</summary>
    public void Dispose()
    {
        _held?.Dispose();
        _held = null;
        _folder.Delete(recursive: true);
    }

    private SafePipeHandle Make(string name, int mode) => MakePipe(name, OwnerOnly) == 0 ? Open(name, mode) : throw Failure();

    private SafePipeHandle Open(string name, int mode)
    {
        var (nonBlocking, closeOnExec) = OperatingSystem.IsMacOS() ? (0x4, 0x100_0000) : (0x800, 0x8_0000);
        var descriptor = OpenFile(name, mode | nonBlocking | closeOnExec);
        return descriptor < 0 ? throw Failure() : new SafePipeHandle(descriptor, ownsHandle: true);
    }

    private ToolProcessException Failure()
    {
        var reason = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
        Dispose();
        return new ToolProcessException($"The command could not be started: no pipe can be made in '{Path.GetTempPath()}': {reason}.");
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakePipe(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);
}
