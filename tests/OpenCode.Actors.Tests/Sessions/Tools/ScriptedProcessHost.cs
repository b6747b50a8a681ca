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
    private readonly Queue<byte[]> _written = new();
    private readonly TaskCompletionSource<int> _exitCode = new();
    private TaskCompletionSource<ReadOnlyMemory<byte>>? _read;
    private bool _closed;

    public ProcessMark Mark { get; } = new(4711, 99, "boot");

    public Task<int> ExitCode => _exitCode.Task;

    public int Kills { get; private set; }

    public int Disposals { get; private set; }

    public int Reads { get; private set; }

    /// <summary>Set to let the end of the group take as long as the test wants.</summary>
    public TaskCompletionSource? DisposalGate { get; set; }

    /// <summary>Writes for ever: each read gets this.</summary>
    public byte[]? Flood { get; set; }

    public void Write(string text) => Write(System.Text.Encoding.UTF8.GetBytes(text));

    public void Write(params byte[] bytes)
    {
        if (Interlocked.Exchange(ref _read, null) is { } read)
            system!.Outside("output", () => read.TrySetResult(bytes));
        else
            _written.Enqueue(bytes);
    }

    public void CloseOutput()
    {
        _closed = true;
        if (Interlocked.Exchange(ref _read, null) is { } read)
            system!.Outside("output ends", () => read.TrySetResult(default));
    }

    public void Exit(int code) => system!.Outside("exit", () => _exitCode.TrySetResult(code));

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        Reads++;
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<ReadOnlyMemory<byte>>(cancellationToken);
        if (Flood is not null)
            return new(Flood);
        if (_written.TryDequeue(out var bytes))
            return new(bytes);
        if (_closed)
            return default;
        var read = _read = new TaskCompletionSource<ReadOnlyMemory<byte>>();
        cancellationToken.Register(() => system!.Outside("read cancelled", () => read.TrySetCanceled(cancellationToken)));
        return new(read.Task);
    }

    public void Kill() => Kills++;

    public async ValueTask DisposeAsync()
    {
        Disposals++;
        if (DisposalGate is not null)
            await DisposalGate.Task;
    }
}
