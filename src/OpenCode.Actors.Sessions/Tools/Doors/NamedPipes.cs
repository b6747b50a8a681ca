using System.IO.Pipes;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OpenCode.Actors.Sessions.Tools.Doors;

/// <summary>The pipes of a command: named ones, so that the command alone opens them. Their names are gone as soon as it has; when the server is killed before, its guard removes them.</summary>
internal sealed partial class NamedPipes : IDisposable
{
    private const int OwnerOnly = 0x180; // 0600
    private const int WriteOnly = 0x1;
    private const int ReadAndWrite = 0x2;
    private readonly DirectoryInfo _folder;
    private readonly List<Stream> _opened = [];
    private Stream? _held;

    /// <summary>Makes the pipes and opens them, without waiting for the other end.</summary>
    /// <param name="hasInput">Whether there is one for stdin.</param>
    /// <exception cref="ToolProcessException">The folder for temporary files takes no pipe.</exception>
    public NamedPipes(bool hasInput)
    {
        try
        {
            _folder = Directory.CreateTempSubdirectory("opencode-tool-");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failure(e.Message);
        }

        InputName = hasInput ? NameOf("stdin") : "/dev/null";
        try
        {
            Output = Opened(PipeDirection.In, Make(NameOf("stdout"), 0));
            Error = Opened(PipeDirection.In, Make(NameOf("stderr"), 0));

            // A pipe cannot be opened for writing before it has a reader, and its reader waits for what writes. Open for both, this end waits for none.
            _held = hasInput ? Opened(PipeDirection.Out, Make(InputName, ReadAndWrite)) : null;
        }
        catch
        {
            Dispose();
            foreach (var stream in _opened)
                stream.Dispose();
            throw;
        }
    }

    /// <summary>Gets the folder of the pipes: <c>stdout</c>, <c>stderr</c> and, if there is one, <c>stdin</c>.</summary>
    public string Folder => _folder.FullName;

    /// <summary>Gets the name of the pipe for stdin; <c>/dev/null</c> without one.</summary>
    public string InputName { get; }

    /// <summary>Gets what stdout is read from. It is at its end while nothing has opened the pipe for writing. Its owner disposes it.</summary>
    public Stream Output { get; }

    /// <summary>Gets what stderr is read from, like <see cref="Output"/>.</summary>
    public Stream Error { get; }

    /// <summary>Opens what stdin is written to, now that it has a reader: writing fails when that is gone. Its owner disposes it.</summary>
    public Stream OpenInput() => _held is null ? Stream.Null : new AnonymousPipeClientStream(PipeDirection.Out, Open(InputName, WriteOnly));

    /// <summary>Removes the names.</summary>
    public void Dispose()
    {
        _held?.Dispose();
        _held = null;
        try
        {
            _folder.Delete(recursive: true);
        }
        catch (IOException)
        {
            // The guard removes it too, when it ends.
        }
    }

    private string NameOf(string pipe) => Path.Combine(Folder, pipe);

    private AnonymousPipeClientStream Opened(PipeDirection direction, SafePipeHandle handle)
    {
        var stream = new AnonymousPipeClientStream(direction, handle);
        _opened.Add(stream);
        return stream;
    }

    private static SafePipeHandle Make(string name, int mode) => MakePipe(name, OwnerOnly) == 0 ? Open(name, mode) : throw Failure(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));

    private static SafePipeHandle Open(string name, int mode)
    {
        var (nonBlocking, closeOnExec) = OperatingSystem.IsMacOS() ? (0x4, 0x100_0000) : (0x800, 0x8_0000);
        var descriptor = OpenFile(name, mode | nonBlocking | closeOnExec);
        return descriptor < 0 ? throw Failure(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())) : new SafePipeHandle(descriptor, ownsHandle: true);
    }

    private static ToolProcessException Failure(string reason) =>
        new($"The command could not be started: no pipe can be made in '{Path.GetTempPath()}', the folder for temporary files: {reason.TrimEnd('.')}. Ask the user to make that folder anew, or to start the server with another TMPDIR.");

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakePipe(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);
}
