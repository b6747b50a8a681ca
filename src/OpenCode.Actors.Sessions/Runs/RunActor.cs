using Akka.Actor;
using Akka.Event;
using Akka.Streams;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Sessions.Actors;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.Snapshots;
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
    private readonly TimeProvider _time;
    private readonly TimeSpan _silence;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopped = new();
    private readonly ReportQueue _outgoing = new();
    private readonly RunningTools _tools;
    private readonly RetryDelays _retries;

    // Made by the first call: it is an actor of its own, and a run that only runs a command or waits for its user needs none.
    private IMaterializer? _materializer;
    private Begin? _step;
    private ModelCall? _call;

    public RunActor(RunId id, SessionSetup setup)
    {
        (_id, _time, _silence) = (id, setup.Time, TimeSpan.FromMilliseconds(setup.Options.ModelSilenceMs));
        _logger = setup.Loggers.CreateLogger<RunActor>();
        _tools = new RunningTools(setup.Toolbox, Context);
        _retries = new RetryDelays(setup.Options);
        Running();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Calls the model for the next step. The <see cref="Report"/>s have its outcome: <see cref="AnswerEnded"/> or <see cref="AnswerRefused"/>.</summary>
    /// <remarks>Where there is a snapshot of the files, another one is taken before the first tool: <see cref="StepSnapshotTaken"/>.</remarks>
    public sealed record Begin(IChatModel Model, ModelRequest Request, StepSnapshot? Snapshot) : IDeadLetterSuppression; // To a run that has ended meanwhile.

    /// <summary>Starts a tool. The <see cref="Report"/>s have its outcome: <see cref="ToolEnded"/> or <see cref="ToolFailed"/>, also if there is no such tool.</summary>
    public sealed record Start(ToolCall Call, ToolContext Context) : IDeadLetterSuppression;

    /// <summary>The last report is durable: the next may come.</summary>
    public sealed record Continue : IDeadLetterSuppression;

    /// <summary>Ends the model's stream and the tools, then the run. After its end (<see cref="Terminated"/>) it reports nothing.</summary>
    /// <remarks>Tools have ended by then, unless they took too long. A cancelled call of the model may still be closing its connection: what it says is dropped.</remarks>
    public sealed record Stop : IDeadLetterSuppression
    {
        private Stop(StopTool how) => How = how;

        /// <summary>Gets the one that ends all.</summary>
        public static Stop Instance { get; } = new(StopTool.Instance);

        /// <summary>Gets the one of a server that stops: what only waits for the user is left, and the session gets <see cref="Left"/>.</summary>
        public static Stop SparingWaits { get; } = new(StopTool.SparingWaits);

        /// <summary>Gets the message that stops the tools.</summary>
        public StopTool How { get; }
    }

    /// <summary>A tool of the stopping run has left its wait as it is. The end of the run follows.</summary>
    public sealed record Left(RunId Run) : IDeadLetterSuppression;

    /// <summary>What happened since the last report: <see cref="RunFact"/>s and <see cref="ToolReport"/>s, in order. Answered with <see cref="Continue"/> when it is durable.</summary>
    public sealed record Report(RunId Run, IReadOnlyList<object> Facts) : IDeadLetterSuppression;

    /// <summary>The tools took too long to stop: the run ends without them.</summary>
    private sealed record StopTimedOut;

    /// <summary>The model has sent nothing for too long.</summary>
    private sealed record ModelSilent(ModelCall Call) : IDeadLetterSuppression;

    /// <summary>The wait before another try is over.</summary>
    private sealed record RetryNow;

    /// <summary>The report that another try begins is durable.</summary>
    private sealed record RetryNoted : IDeadLetterSuppression;

    /// <summary>Makes a run.</summary>
    public static Props PropsFor(RunId id, SessionSetup setup) => Props.CreateBy(new ActorProducer<RunActor>(() => new RunActor(id, setup)));

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
        Receive<ModelCall.FactsRead>(OnFactsRead);
        Receive<ModelCall.WaitChanged>(OnWaitChanged);
        Receive<ModelSilent>(OnModelSilent);
        Receive<RetryNow>(_ => OnRetryNow());
        Receive<RetryNoted>(_ => Try());

        Receive<Start>(m => AddFacts(_tools.Start(m)));
        Receive<RunningTools.Snapshotted>(m => AddFacts(_tools.StartHeld(m)));
        Receive<ToolReport>(OnToolReport);
        Receive<Terminated>(m => OnToolGone(m.ActorRef));

        Receive<Continue>(_ => OnContinue());
        Receive<Stop>(OnStop);
    }

    private void Stopping()
    {
        Receive<Terminated>(m => OnToolStopped(m.ActorRef));
        Receive<ToolLeft>(_ => Context.Parent.Tell(new Left(_id)));
        Receive<StopTimedOut>(_ => Context.Stop(Self));
        ReceiveAny(static _ => { }); // Nothing is reported any more.
    }

    private void OnBegin(Begin message)
    {
        _step = message;
        _tools.BeginStep(message.Snapshot);
        _retries.Reset();
        Try();
    }

    private void Try() => _call = ModelCall.Begin(_step!.Model, _step.Request, Self, _materializer ??= Context.Materializer(), _stopped.Token);

    private void OnFactsRead(ModelCall.FactsRead message)
    {
        if (message.Call != _call)
        {
            Sender.Tell(new ModelCall.Taken()); // Of a call that was given up.
            return;
        }

        Exception? broken = null;
        foreach (var fact in message.Facts)
        {
            if (fact is AnswerBroken end)
                broken = end.Cause;
            else
                Take(_call, (RunFact)fact);
        }

        _outgoing.AnswerLater(Sender, new ModelCall.Taken());
        Send();
        if (broken is not null)
            OnBroken(broken);
    }

    private void Take(ModelCall call, RunFact fact)
    {
        if (call.Note(fact))
            _outgoing.Add(new AnswerBegan((fact as StepSnapshotTaken)?.Snapshot));
        if (fact is not StepSnapshotTaken)
            _outgoing.Add(fact);
        if (fact is AnswerEnded)
            EndCall();
    }

    private void OnWaitChanged(ModelCall.WaitChanged message)
    {
        if (message.Call != _call)
            return;

        if (message.IsWaiting)
            Timers.StartSingleTimer(nameof(ModelSilent), new ModelSilent(message.Call), _silence);
        else
            Timers.Cancel(nameof(ModelSilent));
    }

    private void OnModelSilent(ModelSilent message)
    {
        if (message.Call == _call)
            GiveUp(new ModelException($"The model sent nothing for {_silence.TotalSeconds:0.#} s.", retryable: true));
    }

    private void OnBroken(Exception cause)
    {
        if (cause is not ModelException told)
            throw new InvalidOperationException($"The model failed in a way it should not: {cause.Message}", cause);

        GiveUp(told);
    }

    private void GiveUp(ModelException cause)
    {
        var hasCalls = _call!.HasCalls;
        EndCall();

        // What it called is under way: another try would do it twice. The step goes on with the results.
        if (hasCalls)
        {
            AddFacts(new AnswerEnded(FinishReason.ToolCalls, TokenUsage.None));
            return;
        }

        if (!cause.Retryable || _retries.AreSpent)
        {
            AddFacts(new AnswerRefused(cause));
            return;
        }

        var delay = _retries.Next(cause);
        LogRetry(_logger, cause.Message, _retries.Failures, delay);
        Timers.StartSingleTimer(nameof(RetryNow), new RetryNow(), delay);
        AddFacts(new RetryPlanned(_retries.Failures, cause.Message, (_time.GetUtcNow() + delay).ToUnixTimeMilliseconds()));
    }

    // suspend-on-silence: while the database is silent no model is called (rule "Suspend on silence"), so another try waits until the session has noted it.
    private void OnRetryNow()
    {
        _outgoing.Add(new RetryBegan());
        _outgoing.AnswerLater(Self, new RetryNoted());
        Send();
    }

    private void EndCall()
    {
        Timers.Cancel(nameof(ModelSilent));
        _call?.End();
        _call = null;
    }

    private void OnToolReport(ToolReport message)
    {
        if (!_tools.Contains(Sender))
            return;

        if (message is ToolEnded or ToolFailed)
            _tools.End(Sender);
        else
            _outgoing.AnswerLater(Sender, new ToolContinue());
        AddFacts(message);
    }

    private void OnToolGone(IActorRef tool)
    {
        if (_tools.Gone(tool) is not { } callId)
            return;

        LogToolGone(_logger, callId);
        AddFacts(new ToolFailed(callId, "The tool broke down before it had a result. The server's log has the reason."));
    }

    private void OnContinue()
    {
        _outgoing.Acknowledge();
        Send();
    }

    private void AddFacts(params IReadOnlyList<object> facts)
    {
        foreach (var fact in facts)
            _outgoing.Add(fact);
        Send();
    }

    private void Send()
    {
        if (_outgoing.TryTake() is { } facts)
            Context.Parent.Tell(new Report(_id, facts));
    }

    private void OnStop(Stop message)
    {
        EndCall();
        Timers.CancelAll();
        _tools.StopAll(message.How);
        Timers.StartSingleTimer(nameof(StopTimedOut), new StopTimedOut(), _stopTimeout);
        Become(Stopping);
        StopIfAlone();
    }

    private void OnToolStopped(IActorRef tool)
    {
        _tools.Gone(tool);
        StopIfAlone();
    }

    private void StopIfAlone()
    {
        if (_tools.IsEmpty)
            Context.Stop(Self);
    }
}
