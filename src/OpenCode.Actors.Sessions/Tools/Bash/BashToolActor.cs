using Microsoft.Extensions.Logging;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Sessions.Tools.Bash;

/// <summary>Runs one command and reports to its parent: that it started, what it wrote so far, how it ended. Ends with it; stopping it ends the command and all it started.</summary>
/// <remarks>It always reads, so that the command is never blocked by a parent that is busy; beyond the cap it throws away, at a pace that keeps a flood cheap.</remarks>
internal sealed partial class BashToolActor(ToolCall call, ToolContext context, IProcessHost processes, BashOptions options, ILogger<BashToolActor> logger) : Actor
{
    private const string DeadlineTimer = "deadline";
    private const string ProgressTimer = "progress";
    private const string DrainTimer = "drain";
    private const string DiscardTimer = "discard";

    private readonly ToolOutput _output = new(options.OutputCharacters);
    private BashInput _input = null!;
    private TimeSpan _timeout;
    private Task<IToolProcess>? _starting;
    private IToolProcess? _process;
    private CancellationTokenSource? _reading;
    private int _discardedBytes;
    private bool _outputEnded;
    private int? _exitCode;
    private bool _timedOut;
    private Task? _gone;
    private bool _hasNews;
    private bool _isUnanswered;

    private sealed record Started(IToolProcess Process);

    private sealed record StartRefused(ToolProcessException Cause);

    private sealed record OutputRead(ReadOnlyMemory<byte> Bytes);

    private sealed record ReadNext;

    private sealed record OutputEnded;

    private sealed record Exited(int Code);

    private sealed record TimeIsUp;

    private sealed record MayReport;

    private sealed record StopReading;

    private sealed record Gone;

    public static Props PropsFor(ToolCall call, ToolContext context, IProcessHost processes, BashOptions options, ILogger<BashToolActor> logger) =>
        Props.Create(() => new BashToolActor(call, context, processes, options, logger));

    protected override ValueTask PreStartAsync()
    {
        if (BashInput.Read(call.Input, out var mistake) is not { } input)
            return Fail(mistake!);

        _input = input;
        _timeout = input.Timeout is { } wanted && wanted < options.MaxTimeout ? wanted : input.Timeout is null ? options.DefaultTimeout : options.MaxTimeout;
        _reading = CancellationTokenSource.CreateLinkedTokenSource(Context.Incarnation);
        _starting = processes.StartAsync(new ToolProcessSpec(input.Command, context.Directory), Context.Incarnation).AsTask();
        Context.PipeTo(_starting, static process => new Started(process), static cause => cause is ToolProcessException e ? new StartRefused(e) : new Status.Failure(cause));
        return ValueTask.CompletedTask;
    }

    protected override ValueTask ReceiveAsync(object message) => message switch
    {
        Started m => OnStarted(m),
        StartRefused m => Fail(m.Cause.Message),
        OutputRead m => OnOutputRead(m),
        ReadNext => OnReadNext(),
        OutputEnded => OnOutputEnded(),
        Exited m => OnExited(m),
        TimeIsUp => OnTimeIsUp(),
        StopReading => OnStopReading(),
        ToolContinue => OnContinue(),
        MayReport => Report(),
        Gone => OnGone(),
        Status.Failure m => throw new InvalidOperationException($"The command of call {call.CallId} could not be watched: {m.Cause.Message}", m.Cause),
        _ => Unhandled(message),
    };

    // Its group is gone when this actor is: who waits for Terminated waits for that too.
    protected override async ValueTask PostStopAsync()
    {
        if (_starting is not null && _process is null)
        {
            try
            {
                _process = await _starting;
            }
            catch (Exception e) when (e is ToolProcessException or OperationCanceledException)
            {
                // It has not started, so there is nothing to end.
            }
        }

        if (_process is not null)
            await (_gone ?? _process.DisposeAsync().AsTask());
        _reading?.Dispose();
    }

    private ValueTask OnStarted(Started message)
    {
        _process = message.Process;
        LogStarted(logger, call.CallId, context.SessionId.Value, _process.Mark.GroupId);
        Context.PipeTo(_process.ExitCode, static code => new Exited(code));
        if (!context.IsUsers)
            Context.Timers.StartSingle(DeadlineTimer, new TimeIsUp(), _timeout);
        _isUnanswered = true;
        Context.Parent.Tell(new ToolStarted(call.CallId, _process.Mark), Self);
        Read();
        return ValueTask.CompletedTask;
    }

    private ValueTask OnReadNext()
    {
        Read();
        return ValueTask.CompletedTask;
    }

    private void Read() =>
        Context.PipeTo(
            _process!.ReadAsync(_reading!.Token),
            static bytes => bytes.IsEmpty ? new OutputEnded() : new OutputRead(bytes),
            static cause => cause is OperationCanceledException ? new OutputEnded() : new Status.Failure(cause));

    private ValueTask OnOutputRead(OutputRead message)
    {
        _hasNews |= _output.Append(message.Bytes.Span);
        if (_output.Truncated && (_discardedBytes += message.Bytes.Length) >= options.DiscardBytes)
        {
            _discardedBytes = 0;
            Context.Timers.StartSingle(DiscardTimer, new ReadNext(), options.DiscardPause);
        }
        else
        {
            Read();
        }

        return Report();
    }

    private ValueTask OnContinue()
    {
        _isUnanswered = false;
        return Report();
    }

    private ValueTask Report()
    {
        if (!_hasNews || _isUnanswered || _gone is not null || Context.Timers.IsActive(ProgressTimer))
            return ValueTask.CompletedTask;

        (_hasNews, _isUnanswered) = (false, true);
        Context.Timers.StartSingle(ProgressTimer, new MayReport(), options.ProgressInterval);
        Context.Parent.Tell(new ToolProgress(call.CallId, new BashMetadata(_output.Text, Description: _input.Description).ToJson()), Self);
        return ValueTask.CompletedTask;
    }

    private ValueTask OnTimeIsUp()
    {
        _timedOut = true;
        _process!.Kill();
        return ValueTask.CompletedTask;
    }

    private ValueTask OnExited(Exited message)
    {
        _exitCode = message.Code;
        if (!_outputEnded)
            Context.Timers.StartSingle(DrainTimer, new StopReading(), options.Drain);
        return End();
    }

    // The read that waits comes back as the end of the output. Between two reads of a flood there is none that could.
    private ValueTask OnStopReading()
    {
        _reading!.Cancel();
        if (!Context.Timers.IsActive(DiscardTimer))
            return ValueTask.CompletedTask;

        Context.Timers.Cancel(DiscardTimer);
        return OnOutputEnded();
    }

    private ValueTask OnOutputEnded()
    {
        _outputEnded = true;
        return End();
    }

    private ValueTask End()
    {
        if (_exitCode is null || !_outputEnded || _gone is not null)
            return ValueTask.CompletedTask;

        Context.Timers.CancelAll();
        _gone = _process!.DisposeAsync().AsTask();
        Context.PipeTo(_gone, static () => new Gone());
        return ValueTask.CompletedTask;
    }

    private ValueTask OnGone()
    {
        _output.Complete();
        var text = _output.Text;
        var metadata = new BashMetadata(text, _exitCode, _output.Truncated, _input.Description);
        Context.Parent.Tell(new ToolEnded(call.CallId, _input.Command, text + Remark(text), metadata.ToJson()), Self);
        Context.Stop(Self);
        return ValueTask.CompletedTask;
    }

    // A model is told the output alone; what else it must know to go on stands below it, in words.
    private string Remark(string text)
    {
        var remark = _timedOut
            ? $"[Timed out: ended after {_timeout.TotalMilliseconds:0} ms. Give a longer timeout if it needs one; {options.MaxTimeout.TotalMilliseconds:0} ms is the most.]"
            : _exitCode is 0 ? "" : $"[Exit code: {_exitCode}]";
        return remark.Length == 0 || text.Length == 0 || text.EndsWith('\n') ? remark : "\n" + remark;
    }

    private ValueTask Fail(string error)
    {
        Context.Parent.Tell(new ToolFailed(call.CallId, error), Self);
        Context.Stop(Self);
        return ValueTask.CompletedTask;
    }

    [LoggerMessage(EventId = 6500, Level = LogLevel.Debug, Message = "The command of call {CallId} in {SessionId} runs as process group {GroupId}.")]
    private static partial void LogStarted(ILogger logger, string callId, string sessionId, int groupId);
}
