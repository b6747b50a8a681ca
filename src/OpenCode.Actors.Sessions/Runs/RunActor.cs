using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Sessions.Actors;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Sessions.Runs;

/// <summary>Drives the model and the tools of one turn, and reports what happens to its session, which alone decides.</summary>
/// <remarks>
/// One report is unanswered at a time, and its answer is the credit for the next: what happens meanwhile is joined here and in the model's stream (rule "One append outstanding"). Told to stop,
/// it ends the model's stream and every tool, and is gone when the tools are, or are too slow. The model's call is cancelled but not waited for. A failure of the run is not
/// a failure of the session, which closes the turn.
/// </remarks>
internal sealed partial class RunActor : ReceiveActor, IWithTimers
{
    // More than a tool takes to stop, less than a stopping server waits for its turns.
    private static readonly TimeSpan _stopTimeout = TimeSpan.FromMilliseconds(1_800);

    private readonly RunId _id;
    private readonly Func<ToolCall, bool, Props?> _toolbox;
    private readonly SessionsOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopped = new();
    private readonly Outgoing _outgoing = new();

    public RunActor(RunId id, Func<ToolCall, bool, Props?> toolbox, SessionSetup setup)
    {
        (_id, _toolbox, _options, _time) = (id, toolbox, setup.Options, setup.Time);
        _logger = setup.Loggers.CreateLogger<RunActor>();
        Running();
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Lets the model make its next step. The <see cref="Report"/>s have its outcome: <see cref="AnswerEnded"/> or <see cref="AnswerRefused"/>.</summary>
    public sealed record Begin(IChatModel Model, ModelRequest Request) : IDeadLetterSuppression; // To a run that has ended meanwhile.

    /// <summary>Starts a tool. The <see cref="Report"/>s have its outcome: <see cref="ToolEnded"/> or <see cref="ToolFailed"/>, also when there is no such tool.</summary>
    public sealed record Start(ToolCall Call, bool IsUsers) : IDeadLetterSuppression;

    /// <summary>The last report is durable: the next may come.</summary>
    public sealed record Continue : IDeadLetterSuppression
    {
        private Continue()
        {
        }

        /// <summary>Gets the one instance.</summary>
        public static Continue Instance { get; } = new();
    }

    /// <summary>Ends the model's stream and the tools, then the run. Its end (<see cref="Terminated"/>) means that it reports nothing any more.</summary>
    /// <remarks>Tools have ended by then, unless they took too long. A cancelled call of the model may still be closing its connection: what it says is dropped.</remarks>
    public sealed record Stop : IDeadLetterSuppression
    {
        private Stop()
        {
        }

        /// <summary>Gets the one instance.</summary>
        public static Stop Instance { get; } = new();
    }

    /// <summary>What happened since the last report: <see cref="RunFact"/>s and <see cref="ToolReport"/>s, in order. Answered with <see cref="Continue"/> when it is durable.</summary>
    public sealed record Report(RunId Run, IReadOnlyList<object> Facts) : IDeadLetterSuppression;

    /// <summary>The tools took too long to stop: the run ends without them.</summary>
    private sealed record StopTimedOut;

    /// <summary>Makes a run.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="toolbox">Makes the actor of a call, given whether the user typed it; null when there is no such tool.</param>
    /// <param name="setup">Options, clock and logs.</param>
    public static Props PropsFor(RunId id, Func<ToolCall, bool, Props?> toolbox, SessionSetup setup) =>
        Props.CreateBy(new ActorProducer<RunActor>(() => new RunActor(id, toolbox, setup)));

    // A tool that fails is an error of that tool alone, reported by its Terminated.
    protected override SupervisorStrategy SupervisorStrategy() => Akka.Actor.SupervisorStrategy.StoppingStrategy;

    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    private void Running()
    {
        Receive<Begin>(OnBegin);
        Receive<ModelSaid>(OnModelSaid);
        Receive<ModelAwaited>(OnModelAwaited);
        Receive<ModelSilent>(OnModelSilent);
        Receive<RetryNow>(_ => OnRetryNow());
        Receive<RetryNoted>(_ => Try());

        Receive<Start>(OnStart);
        Receive<ToolReport>(OnToolReport);
        Receive<Terminated>(m => OnToolGone(m.ActorRef));

        Receive<Continue>(_ => OnContinue());
        Receive<Stop>(_ => OnStop());
    }

    private void Stopping()
    {
        Receive<Terminated>(m => OnToolStopped(m.ActorRef));
        Receive<StopTimedOut>(_ => Context.Stop(Self));
        ReceiveAny(static _ => { }); // Nothing is reported any more.
    }

    private void OnContinue()
    {
        _outgoing.Acknowledge();
        Send();
    }

    private void Tell(object fact)
    {
        _outgoing.Add(fact);
        Send();
    }

    private void Send()
    {
        if (_outgoing.TryTake() is { } facts)
            Context.Parent.Tell(new Report(_id, facts));
    }

    private void OnStop()
    {
        EndAttempt();
        Timers.CancelAll();
        if (_calls.Count == 0)
        {
            Context.Stop(Self);
            return;
        }

        foreach (var tool in _calls.Keys)
            tool.Tell(StopTool.Instance);
        Timers.StartSingleTimer(nameof(StopTimedOut), new StopTimedOut(), _stopTimeout);
        Become(Stopping);
    }

    private void OnToolStopped(IActorRef tool)
    {
        _calls.Remove(tool);
        if (_calls.Count == 0)
            Context.Stop(Self);
    }
}
