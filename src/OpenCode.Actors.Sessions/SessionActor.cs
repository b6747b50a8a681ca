using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Journal;
using OpenCode.Actors.Sessions.Reads;
using OpenCode.Actors.Sessions.Runs;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions;

/// <summary>Owns one session: decides what a command or a report of its run does to it, and is the only writer of its events.</summary>
/// <remarks>
/// Commands and reports are decided on the tentative state, committed one batch at a time, and answered when they are durable; readers see the committed state (RULES C2).
/// It recovers from the journal at its start and is never restarted in place: after a failure it leaves memory, and starts anew at the next command (RULES C7). Its mailbox is
/// unbounded, because a lost report or journal answer would hang the turn; commands from outside are bounded at the edge (<see cref="ISessions"/>).
/// </remarks>
internal sealed partial class SessionActor : ReceiveActor, IWithStash, IWithTimers
{
    private const int MaxStashed = 100_000;

    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);

    private readonly SessionId _id;
    private readonly IActorRef _journal;
    private readonly SessionSetup _setup;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopped = new();

    // Two views of one session: what is durable, and what it will be when the outbox is.
    private SessionState _committed = SessionState.None;
    private SessionState _state = SessionState.None;

    public SessionActor(SessionId id, IActorRef journal, SessionSetup setup)
    {
        (_id, _journal, _setup) = (id, journal, setup);
        _logger = setup.Loggers.CreateLogger<SessionActor>();
        Recovering();
    }

    /// <inheritdoc/>
    public IStash Stash { get; set; } = null!;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private bool IsIdle => _state.Turn is null && _underWay is null && _outbox.IsEmpty && _closing is null && _bodiesToRead.Count == 0 && _creations.Count == 0;

    public static Props PropsFor(SessionId id, IActorRef journal, SessionSetup setup, int maxStashed = MaxStashed) =>
        Props.CreateBy(new ActorProducer<SessionActor>(() => new SessionActor(id, journal, setup))).WithStashCapacity(maxStashed);

    protected override void PreStart()
    {
        _setup.Metrics.Awake(1);
        Context.Watch(_journal);
        BeginRecovery();
    }

    // A run that fails is stopped; its Terminated closes the turn with the reason noted here, and logs it.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(
        cause =>
        {
            if (Sender.Equals(_run))
                _runFailure = cause;
            return Directive.Stop;
        },
        loggingEnabled: false);

    // RULES C7: a session never throws, because a shard restarts a child that throws at once and for ever. It tells its parent instead.
    protected override bool AroundReceive(Receive receive, object message)
    {
        try
        {
            return base.AroundReceive(receive, message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Fail(e);
            if (message is ISessionCommand)
                Refuse(message, Sender, Broken(e));
            return true;
        }
    }

    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
        _setup.Metrics.Awake(-1);
        if (_run is not null)
            _setup.Metrics.Running(-1);
        RefuseAll(new Unavailable("The session left memory; whether the command was carried out is unknown.", _retryAfter));

        // The last message of this incarnation: the next one recovers after it.
        _journal.Tell(new JournalActor.Release(_id.Value));
    }

    private void Ready()
    {
        JournalAnswers();

        Receive<Named>(OnNamed);
        Receive<NamedByReference>(OnNamedByReference);
        Receive<BodyRead>(OnBodyRead);
        Receive<ISessionCommand>(Take);
        Receive<Quiesce>(_ => OnQuiesce());
        Receive<AwaitQuiet>(_ => OnAwaitQuiet());
        Receive<Leave>(_ => OnHandOff());
        Receive<Quiet>(_ => OnTurnOver());
        Receive<TurnTimeOver>(_ => OnTurnOver());
        Receive<Quiesced>(_ => OnQuiet());
        Receive<StorageFull>(_ => OnQuiet());
        Receive<Unavailable>(_ => OnQuiet());

        Receive<RunActor.Report>(OnReport);
        Receive<Terminated>(OnTerminated);
        Receive<StoreText>(_ => OnStoreText());
        Receive<CloseAgain>(_ => CloseBroken());
        Receive<LeaveIfMissing>(_ => OnLeaveIfMissing());
        Receive<ReceiveTimeout>(_ => OnReceiveTimeout());
    }

    private void Take(ISessionCommand command)
    {
        switch (command)
        {
            case Create m: OnCreate(m); break;
            case Update m: OnUpdate(m); break;
            case CreateChild m: OnCreateChild(m); break;
            case BeginDelete m: OnBeginDelete(m); break;
            case Delete m: OnDelete(m); break;
            case Prompt m: OnPrompt(m); break;
            case RunShell m: OnRunShell(m); break;
            case Abort: OnAbort(); break;
            case ISessionRead m: OnRead(m); break;
            case ReplyPermission m: OnReplyPermission(m); break;
            case ReplyQuestion m: OnAnswerQuestion(m, m.RequestId, m.Answers); break;
            case RejectQuestion m: OnAnswerQuestion(m, m.RequestId, answers: null); break;
            case Wake: Sender.Tell(new Awake(_id, _committed.Status)); break;
            default: Sender.Tell(new CommandFailed($"A session does not know the command {command.GetType().Name}.")); break;
        }
    }

    private void OnTerminated(Terminated message)
    {
        if (message.ActorRef.Equals(_journal))
            OnJournalEnded();
        else if (_creations.Contains(message.ActorRef))
            OnCreationEnded(message.ActorRef);
        else
            OnRunEnded(message.ActorRef);
    }

    // At the end of the actor system the journal's actor may be stopped first: a session that has nothing uncommitted has nothing to give up.
    private void OnJournalEnded()
    {
        if (IsIdle)
            LeaveMemory();
        else
            GiveUp("the journal's actor has ended");
    }

    // Every command but Create has the same answer when there is no session.
    private bool IsMissing()
    {
        if (_state.Info is not null)
            return false;

        Sender.Tell(new SessionNotFound(_id));
        return true;
    }

    // A put-off command is handled again later. The stash is bounded, because outsiders fill it.
    private void PutOff(object command)
    {
        if (Stash.IsFull)
            Refuse(command, Sender, new Unavailable("Too many commands wait for the session. Nothing was changed. Send the command again.", _retryAfter));
        else
            Stash.Stash();
    }

    private void Refuse(object command, IActorRef replyTo, Unavailable refusal) => replyTo.Tell(command is Wake ? new Awake(_id) : refusal);

    private void RefuseAll(Unavailable refusal)
    {
        FailAll(refusal);
        foreach (var closed in _onceClosed)
            closed.ReplyTo!.Tell(refusal);
        _onceClosed.Clear();
        _namesOnceClosed.Clear();
        foreach (var stashed in Stash.ClearStash())
            Refuse(stashed.Message, stashed.Sender, refusal);
    }
}
