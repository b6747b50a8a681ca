using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Sessions.Actors;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Tools.Outputs;

namespace OpenCode.Actors.Sessions.Tools.Bash;

/// <summary>Runs one command and reports its start, its output and its end to its parent. Ends with the command; stopping the actor ends the command and all processes that it started.</summary>
/// <remarks>
/// It always reads, so that the command is never blocked by a parent that is busy; a flood is read at a pace that keeps it cheap. What the command left in the background goes on when its call ends.
/// On <see cref="StopTool"/> it ends the command's process group and stops when the group is gone. A hard stop ends the group too, but does not wait for it.
/// </remarks>
internal sealed partial class BashToolActor : ReceiveActor, IWithTimers
{
    private const string DeadlineTimer = "deadline";
    private const string ProgressTimer = "progress";
    private const string DrainTimer = "drain";
    private const string FloodTimer = "flood";
    private const string StopTimer = "stop";

    private readonly ToolCall _call;
    private readonly ToolContext _context;
    private readonly IProcessHost _processes;
    private readonly BashOptions _options;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopped = new();
    private readonly CancellationTokenSource _reading = new();
    private readonly BashOutput _output;
    private readonly WholeOutput _whole;
    private readonly HashSet<OutputPipe> _open = [OutputPipe.Out, OutputPipe.Error];
    private BashInput _input = null!;
    private TimeSpan _timeout;
    private Task<IToolProcess>? _starting;
    private IToolProcess? _process;
    private int? _exitCode;
    private string _text = "";
    private bool _timedOut;
    private Task? _gone;
    private bool _isUnanswered;

    public BashToolActor(ToolCall call, ToolContext context, IProcessHost processes, IOutputFolder outputs, BashOptions options, ILogger<BashToolActor> logger)
    {
        (_call, _context, _processes, _options, _logger) = (call, context, processes, options, logger);
        _output = new BashOutput(options);
        _whole = new WholeOutput(outputs, $"{context.SessionId}-{call.CallId}");
        Running();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private sealed record Started(IToolProcess Process) : IDeadLetterSuppression;

    private sealed record StartRefused(Exception Cause) : IDeadLetterSuppression;

    private sealed record OutputRead(OutputPipe Pipe, ReadOnlyMemory<byte> Bytes) : IDeadLetterSuppression;

    private sealed record ReadNext(OutputPipe Pipe);

    private sealed record OutputEnded(OutputPipe Pipe) : IDeadLetterSuppression;

    private sealed record Exited(int Code) : IDeadLetterSuppression;

    private sealed record TimeIsUp;

    private sealed record MayReport;

    private sealed record StopReading;

    private sealed record GroupGone : IDeadLetterSuppression;

    private sealed record WatchFailed(Exception Cause) : IDeadLetterSuppression;

    private sealed record StopTimedOut;

    public static Props PropsFor(ToolCall call, ToolContext context, IProcessHost processes, IOutputFolder outputs, BashOptions options, ILogger<BashToolActor> logger) =>
        Props.CreateBy(new ActorProducer<BashToolActor>(() => new BashToolActor(call, context, processes, outputs, options, logger)));

    protected override void PreStart()
    {
        if (BashInput.Read(_call.Input, out var mistake) is not { } input)
        {
            Fail(mistake!);
            return;
        }

        _input = input;
        _timeout = input.Timeout is { } wanted && wanted < _options.MaxTimeout ? wanted : input.Timeout is null ? _options.DefaultTimeout : _options.MaxTimeout;
        _starting = StartAsync(new ToolProcessSpec(input.Command, input.WorkingDirectory is { } folder ? Path.Combine(_context.Directory, folder) : _context.Directory, _context.SessionId.Value));
        _starting.PipeTo(Self, success: static process => new Started(process), failure: static cause => new StartRefused(cause));
    }

    protected override void PostStop()
    {
        _stopped.Cancel();
        _reading.Cancel();
        if (_starting is not null && _gone is null)
            _ = EndGroupAsync(_starting);
        _stopped.Dispose();
        _ = _whole.DisposeAsync().AsTask();
    }

    private void Running()
    {
        Receive<Started>(OnStarted);
        Receive<StartRefused>(OnStartRefused);
        Receive<OutputRead>(OnOutputRead);
        Receive<ReadNext>(m => Read(m.Pipe));
        Receive<OutputEnded>(m => OnOutputEnded(m.Pipe));
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
        Receive<Started>(m => EndGroup(m.Process, isKilled: true));
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
        Read(OutputPipe.Out);
        Read(OutputPipe.Error);
    }

    private void OnStartRefused(StartRefused message)
    {
        if (message.Cause is not ToolProcessException refused)
            throw new InvalidOperationException($"The command of call {_call.CallId} could not be started: {message.Cause.Message}", message.Cause);

        Fail(refused.Message);
    }

    private void OnWatchFailed(WatchFailed message) =>
        throw new InvalidOperationException($"The command of call {_call.CallId} could not be watched: {message.Cause.Message}", message.Cause);

    private void Read(OutputPipe pipe) => ReadAsync(pipe).PipeTo(
        Self,
        success: bytes => bytes.IsEmpty ? new OutputEnded(pipe) : new OutputRead(pipe, bytes),
        failure: cause => cause is OperationCanceledException ? new OutputEnded(pipe) : new WatchFailed(cause));

    private async Task<ReadOnlyMemory<byte>> ReadAsync(OutputPipe pipe)
    {
        var bytes = await _process!.ReadAsync(pipe, _reading.Token);
        await _whole.AppendAsync(bytes);
        return bytes;
    }

    private void OnOutputRead(OutputRead message)
    {
        if (_output.Append(message.Pipe, message.Bytes.Span))
            Timers.StartSingleTimer((FloodTimer, message.Pipe), new ReadNext(message.Pipe), _options.FloodPause);
        else
            Read(message.Pipe);
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
        var text = _output.TakeNews();
        Timers.StartSingleTimer(ProgressTimer, new MayReport(), _output.Interval);
        Context.Parent.Tell(new ToolProgress(_call.CallId, new BashMetadata(text, Description: _input.Description).ToJson()));
    }

    private void OnTimeIsUp()
    {
        _timedOut = true;
        _process!.Kill();
    }

    private void OnExited(Exited message)
    {
        _exitCode = message.Code;
        if (_open.Count > 0)
            Timers.StartSingleTimer(DrainTimer, new StopReading(), _options.Drain);
        End();
    }

    // The read that waits returns as the end of the output. Between two reads of a flood there is none that could.
    private void OnStopReading()
    {
        _reading.Cancel();
        foreach (var pipe in _open.Where(pipe => Timers.IsTimerActive((FloodTimer, pipe))).ToList())
        {
            Timers.Cancel((FloodTimer, pipe));
            OnOutputEnded(pipe);
        }
    }

    private void OnOutputEnded(OutputPipe pipe)
    {
        _open.Remove(pipe);
        End();
    }

    private void End()
    {
        if (_exitCode is null || _open.Count > 0 || _gone is not null)
            return;

        Timers.CancelAll();
        _text = _output.Complete();
        EndGroup(_process!, isKilled: _timedOut);
    }

    private void EndGroup(IToolProcess process, bool isKilled)
    {
        if (_gone is not null)
            return;

        _gone = EndAsync(process, isKilled);
        _gone.PipeTo(Self, success: static () => new GroupGone(), failure: static cause => new WatchFailed(cause));
    }

    private async Task EndAsync(IToolProcess process, bool isKilled)
    {
        if (_output.Truncated)
            await _whole.StoreAsync();
        await (isKilled ? process.DisposeAsync() : process.LeaveAsync());
    }

    private void OnGroupGone()
    {
        var metadata = new BashMetadata(_text, _exitCode, _output.Truncated, _input.Description, _output.Truncated ? _whole.Path : null);
        Context.Parent.Tell(new ToolEnded(_call.CallId, _input.Command, _output.ForModel(_text, _whole, _exitCode, _timedOut ? _timeout : null), metadata.ToJson()));
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
            EndGroup(_process, isKilled: true);
        else
            _stopped.Cancel(); // The process is starting; Started or StartRefused follows.
    }

    private void OnStopTimedOut()
    {
        LogNotGone(_logger, _call.CallId, _options.StopTimeout);
        Context.Stop(Self);
    }
}
