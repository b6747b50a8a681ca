using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Sessions.Actors;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Sessions.Tools.Bash;

/// <summary>Runs one command and reports to its parent: that it started, what it wrote so far, how it ended. Ends with it; stopping it ends the command and all it started.</summary>
/// <remarks>
/// It always reads, so that the command is never blocked by a parent that is busy; beyond the cap it throws away, at a pace that keeps a flood cheap.
/// On <see cref="StopTool"/> it ends the command's process group and stops when the group is gone. A hard stop ends the group too, but does not wait for it.
/// </remarks>
internal sealed partial class BashToolActor : ReceiveActor, IWithTimers
{
    private const string DeadlineTimer = "deadline";
    private const string ProgressTimer = "progress";
    private const string DrainTimer = "drain";
    private const string DiscardTimer = "discard";
    private const string StopTimer = "stop";

    private readonly ToolCall _call;
    private readonly ToolContext _context;
    private readonly IProcessHost _processes;
    private readonly BashOptions _options;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopped = new();
    private readonly CancellationTokenSource _reading = new();
    private readonly BashOutput _output;
    private BashInput _input = null!;
    private TimeSpan _timeout;
    private Task<IToolProcess>? _starting;
    private IToolProcess? _process;
    private bool _outputEnded;
    private int? _exitCode;
    private bool _timedOut;
    private Task? _gone;
    private bool _isUnanswered;

    public BashToolActor(ToolCall call, ToolContext context, IProcessHost processes, BashOptions options, ILogger<BashToolActor> logger)
    {
        (_call, _context, _processes, _options, _logger) = (call, context, processes, options, logger);
        _output = new BashOutput(options);
        Running();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private sealed record Started(IToolProcess Process) : IDeadLetterSuppression;

    private sealed record StartRefused(Exception Cause) : IDeadLetterSuppression;

    private sealed record OutputRead(ReadOnlyMemory<byte> Bytes) : IDeadLetterSuppression;

    private sealed record ReadNext;

    private sealed record OutputEnded : IDeadLetterSuppression;

    private sealed record Exited(int Code) : IDeadLetterSuppression;

    private sealed record TimeIsUp;

    private sealed record MayReport;

    private sealed record StopReading;

    private sealed record GroupGone : IDeadLetterSuppression;

    private sealed record WatchFailed(Exception Cause) : IDeadLetterSuppression;

    private sealed record StopTimedOut;

    public static Props PropsFor(ToolCall call, ToolContext context, IProcessHost processes, BashOptions options, ILogger<BashToolActor> logger) =>
        Props.CreateBy(new ActorProducer<BashToolActor>(() => new BashToolActor(call, context, processes, options, logger)));

    protected override void PreStart()
    {
        if (BashInput.Read(_call.Input, out var mistake) is not { } input)
        {
            Fail(mistake!);
            return;
        }

        _input = input;
        _timeout = input.Timeout is { } wanted && wanted < _options.MaxTimeout ? wanted : input.Timeout is null ? _options.DefaultTimeout : _options.MaxTimeout;
        _starting = StartAsync(new ToolProcessSpec(input.Command, _context.Directory));
        _starting.PipeTo(Self, success: static process => new Started(process), failure: static cause => new StartRefused(cause));
    }

    protected override void PostStop()
    {
        _stopped.Cancel();
        _reading.Cancel();
        if (_starting is not null && _gone is null)
            _ = EndGroupAsync(_starting);
        _stopped.Dispose();
    }

    private void Running()
    {
        Receive<Started>(OnStarted);
        Receive<StartRefused>(OnStartRefused);
        Receive<OutputRead>(OnOutputRead);
        Receive<ReadNext>(_ => Read());
        Receive<OutputEnded>(_ => OnOutputEnded());
        Receive<Exited>(OnExited);
        Receive<TimeIsUp>(_ => OnTimeIsUp());
        Receive<StopReading>(_ => OnStopReading());
        Receive<ToolContinue>(_ => OnContinue());
        Receive<MayReport>(_ => Report());
        Receive<GroupGone>(_ => OnGroupGone());
        Receive<WatchFailed>(OnWatchFailed);
        Receive<StopTool>(_ => OnStopTool());
    }

    private void Stopping()
    {
        Receive<Started>(m => EndGroup(m.Process));
        Receive<StartRefused>(_ => Context.Stop(Self));
        Receive<GroupGone>(_ => Context.Stop(Self));
        Receive<WatchFailed>(_ => Context.Stop(Self));
        Receive<StopTimedOut>(_ => OnStopTimedOut());
        ReceiveAny(static _ => { }); // Nothing is read or reported any more.
    }

    private async Task<IToolProcess> StartAsync(ToolProcessSpec spec) => await _processes.StartAsync(spec, _stopped.Token);

    // After a hard stop: the command ends, also when it is only starting.
    private async Task EndGroupAsync(Task<IToolProcess> starting)
    {
        try
        {
            await (await starting).DisposeAsync();
        }
        catch (Exception e) when (e is ToolProcessException or OperationCanceledException)
        {
            // It has not started, so there is nothing to end.
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogNotEnded(_logger, e, _call.CallId);
        }
    }

    private void OnStarted(Started message)
    {
        _process = message.Process;
        LogStarted(_logger, _call.CallId, _context.SessionId.Value, _process.Mark.GroupId);
        _process.ExitCode.PipeTo(Self, success: static code => new Exited(code), failure: static cause => new WatchFailed(cause));
        if (!_context.IsUsers)
            Timers.StartSingleTimer(DeadlineTimer, new TimeIsUp(), _timeout);
        _isUnanswered = true;
        Context.Parent.Tell(new ToolStarted(_call.CallId, _process.Mark));
        Read();
    }

    private void OnStartRefused(StartRefused message)
    {
        if (message.Cause is not ToolProcessException refused)
            throw new InvalidOperationException($"The command of call {_call.CallId} could not be started: {message.Cause.Message}", message.Cause);

        Fail(refused.Message);
    }

    private void OnWatchFailed(WatchFailed message) =>
        throw new InvalidOperationException($"The command of call {_call.CallId} could not be watched: {message.Cause.Message}", message.Cause);

    private void Read() =>
        _process!.ReadAsync(_reading.Token).PipeTo(
            Self,
            success: static bytes => bytes.IsEmpty ? new OutputEnded() : new OutputRead(bytes),
            failure: static cause => cause is OperationCanceledException ? new OutputEnded() : new WatchFailed(cause));

    private void OnOutputRead(OutputRead message)
    {
        if (_output.Append(message.Bytes.Span))
            Timers.StartSingleTimer(DiscardTimer, new ReadNext(), _options.DiscardPause);
        else
            Read();
        Report();
    }

    private void OnContinue()
    {
        _isUnanswered = false;
        Report();
    }

    private void Report()
    {
        if (!_output.HasNews || _isUnanswered || _gone is not null || Timers.IsTimerActive(ProgressTimer))
            return;

        _isUnanswered = true;
        Timers.StartSingleTimer(ProgressTimer, new MayReport(), _options.ProgressInterval);
        Context.Parent.Tell(new ToolProgress(_call.CallId, new BashMetadata(_output.TakeNews(), Description: _input.Description).ToJson()));
    }

    private void OnTimeIsUp()
    {
        _timedOut = true;
        _process!.Kill();
    }

    private void OnExited(Exited message)
    {
        _exitCode = message.Code;
        if (!_outputEnded)
            Timers.StartSingleTimer(DrainTimer, new StopReading(), _options.Drain);
        End();
    }

    // The read that waits returns as the end of the output. Between two reads of a flood there is none that could.
    private void OnStopReading()
    {
        _reading.Cancel();
        if (!Timers.IsTimerActive(DiscardTimer))
            return;

        Timers.Cancel(DiscardTimer);
        OnOutputEnded();
    }

    private void OnOutputEnded()
    {
        _outputEnded = true;
        End();
    }

    private void End()
    {
        if (_exitCode is null || !_outputEnded || _gone is not null)
            return;

        Timers.CancelAll();
        EndGroup(_process!);
    }

    private void EndGroup(IToolProcess process)
    {
        if (_gone is not null)
            return;

        _gone = DisposeAsync(process);
        _gone.PipeTo(Self, success: static () => new GroupGone(), failure: static cause => new WatchFailed(cause));
    }

    private static async Task DisposeAsync(IToolProcess process) => await process.DisposeAsync();

    private void OnGroupGone()
    {
        var text = _output.Complete();
        var metadata = new BashMetadata(text, _exitCode, _output.Truncated, _input.Description);
        Context.Parent.Tell(new ToolEnded(_call.CallId, _input.Command, _output.ForModel(text, _exitCode, _timedOut ? _timeout : null), metadata.ToJson()));
        Context.Stop(Self);
    }

    private void Fail(string error)
    {
        Context.Parent.Tell(new ToolFailed(_call.CallId, error));
        Context.Stop(Self);
    }

    private void OnStopTool()
    {
        Timers.CancelAll();
        Timers.StartSingleTimer(StopTimer, new StopTimedOut(), _options.StopTimeout);
        Become(Stopping);
        _reading.Cancel();
        if (_process is not null)
            EndGroup(_process);
        else
            _stopped.Cancel(); // The process is starting; Started or StartRefused follows.
    }

    private void OnStopTimedOut()
    {
        LogNotGone(_logger, _call.CallId, _options.StopTimeout);
        Context.Stop(Self);
    }
}
