using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Sessions.Tools;

/// <summary>A host whose processes do what the test says, when it says so.</summary>
internal sealed class ScriptedProcessHost(SeededSystem? system = null) : IProcessHost
{
    public List<ToolProcessSpec> Specs { get; } = [];

    public ScriptedProcess Process { get; } = new(system);

    public ToolProcessException? Refusal { get; set; }

    /// <summary>Set to let a start take as long as the test wants.</summary>
    public TaskCompletionSource? Gate { get; set; }

    public async ValueTask<IToolProcess> StartAsync(ToolProcessSpec spec, CancellationToken cancellationToken)
    {
        Specs.Add(spec);
        if (Gate is not null)
            await Gate.Task;
        return Refusal is null ? Process : throw Refusal;
    }

    public void KillLeftover(ProcessMark mark) => throw new NotSupportedException();

    public void KillAll()
    {
    }
}

/// <summary>A process that writes and ends by the test's hand.</summary>
internal sealed class ScriptedProcess(SeededSystem? system) : IToolProcess
{
    private readonly Pipe[] _pipes = [new(), new()];
    private readonly TaskCompletionSource<int> _exitCode = new();

    public ProcessMark Mark { get; } = new(4711, 99, "boot");

    public Task<int> ExitCode => _exitCode.Task;

    public int Kills { get; private set; }

    /// <summary>Gets how often it was ended with all it started.</summary>
    public int Disposals { get; private set; }

    /// <summary>Gets how often it was let go, with what it left in the background.</summary>
    public int Leaves { get; private set; }

    public int Reads { get; private set; }

    /// <summary>Set to let the end of the group take as long as the test wants.</summary>
    public TaskCompletionSource? DisposalGate { get; set; }

    /// <summary>Writes for ever: each read of stdout gets this.</summary>
    public byte[]? Flood { get; set; }

    public void Write(string text) => Write(System.Text.Encoding.UTF8.GetBytes(text));

    public void Write(params byte[] bytes) => Write(OutputPipe.Out, bytes);

    public void Write(OutputPipe pipe, params byte[] bytes)
    {
        if (_pipes[(int)pipe].TakeRead() is { } read)
            system!.Outside("output", () => read.TrySetResult(bytes));
        else
            _pipes[(int)pipe].Written.Enqueue(bytes);
    }

    public void CloseOutput()
    {
        foreach (var pipe in _pipes)
        {
            pipe.IsClosed = true;
            if (pipe.TakeRead() is { } read)
                system!.Outside("output ends", () => read.TrySetResult(default));
        }
    }

    public void Exit(int code) => system!.Outside("exit", () => _exitCode.TrySetResult(code));

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(OutputPipe pipe, CancellationToken cancellationToken)
    {
        var from = _pipes[(int)pipe];
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<ReadOnlyMemory<byte>>(cancellationToken);
        if (pipe == OutputPipe.Out)
            Reads++;
        if (pipe == OutputPipe.Out && Flood is not null)
            return new(Flood);
        if (from.Written.TryDequeue(out var bytes))
            return new(bytes);
        if (from.IsClosed)
            return default;
        var read = from.Read = new TaskCompletionSource<ReadOnlyMemory<byte>>();
        cancellationToken.Register(() => system!.Outside("read cancelled", () => read.TrySetCanceled(cancellationToken)));
        return new(read.Task);
    }

    public void Kill() => Kills++;

    public async ValueTask LeaveAsync()
    {
        Leaves++;
        if (DisposalGate is not null)
            await DisposalGate.Task;
    }

    public async ValueTask DisposeAsync()
    {
        Disposals++;
        if (DisposalGate is not null)
            await DisposalGate.Task;
    }

    private sealed class Pipe
    {
        private TaskCompletionSource<ReadOnlyMemory<byte>>? _read;

        public Queue<byte[]> Written { get; } = new();

        public bool IsClosed { get; set; }

        public TaskCompletionSource<ReadOnlyMemory<byte>> Read
        {
            set => _read = value;
        }

        public TaskCompletionSource<ReadOnlyMemory<byte>>? TakeRead() => Interlocked.Exchange(ref _read, null);
    }
}
