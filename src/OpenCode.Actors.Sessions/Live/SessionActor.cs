using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Actors;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Journal;
using OpenCode.Actors.Sessions.Runs;
using OpenCode.Actors.Sessions.Setup;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>Owns one session: decides its commands and the reports of its run, and is the only writer of its events.</summary>
/// <remarks>
/// Commands and reports are decided on the tentative state, committed one batch at a time, and answered when they are durable; readers see the committed state (rule "One append outstanding").
/// It recovers from the journal at its start and is never restarted in place: after a failure it leaves memory, and starts anew at the next command (rule "A session never throws"). Its mailbox is
/// unbounded, because a lost report or journal answer would hang the turn; commands from outside are bounded at the edge.
/// </remarks>
internal sealed partial class SessionActor : ReceiveActor, IWithStash, IWithTimers
{
    private readonly SessionId _id;
    private readonly IActorRef _journal;
    private readonly SessionSetup _setup;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopped = new();
    private readonly SessionRecovery _recovery;
    private readonly Committer _committer;
    private readonly DeferredCommands _deferred;
    private readonly OpenTurn _turn;
    private readonly CommandNames _names = new();
    private readonly LargeCommandReader _large;
    private readonly ChildCreations _children;
    private readonly SessionCommands _commands;
    private readonly SessionExit _exit;
    private bool _isReady;

    public SessionActor(SessionId id, IActorRef journal, SessionSetup setup)
    {
        (_id, _journal, _setup) = (id, journal, setup);
        _logger = setup.Loggers.CreateLogger<SessionActor>();
        _recovery = new SessionRecovery(id, setup, _logger);
        _committer = new Committer(id, setup, journal, new OpenTextStore(setup.Options, () => Timers), completion => _turn!.Driver.Complete(completion), OnSettled);
        _deferred = new DeferredCommands(id, setup, Context, () => Stash);
        _turn = new OpenTurn(id, setup, _committer, _deferred, Context, () => Timers, _logger);
        _large = new LargeCommandReader(id, setup, _logger, Self, _stopped.Token);
        _children = new ChildCreations(setup, Context, _deferred);
        var decider = new CommandDecider(id, setup, _committer, _names, _turn.HandOver, _logger);
        _commands = new SessionCommands(setup, _committer, decider, _turn, _children, _large, _deferred);
        _exit = new SessionExit(id, setup, _committer, _turn, _deferred, Context);
        Recovering();
    }

    public IStash Stash { get; set; } = null!;

    public ITimerScheduler Timers { get; set; } = null!;

    private bool IsIdle => _committer.IsIdle && _turn.IsIdle && _large.IsIdle && _children.IsEmpty;

    public static Props PropsFor(SessionId id, IActorRef journal, SessionSetup setup, int maxStashed = 100_000) =>
        Props.CreateBy(new ActorProducer<SessionActor>(() => new SessionActor(id, journal, setup))).WithStashCapacity(maxStashed);

    protected override void PreStart()
    {
        _setup.Metrics.Awake(1);
        Context.Watch(_journal);
        if (_setup.Failures?.RefusedFor(_id) is { } wait)
            LeaveMemory(new Unavailable($"{_id} failed again and again; it is tried again in {wait.TotalSeconds:0} s. Nothing was changed. Send the command again then; the server's log has the cause.", wait));
        else
            _recovery.Begin(_journal, Self);
    }

    // A run that fails is stopped; its Terminated closes the turn with the reason noted here, and logs it.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(
        cause =>
        {
            _turn.Run.NoteFailure(Sender, cause);
            return Directive.Stop;
        },
        loggingEnabled: false);

    // Rule "A session never throws": a session never throws, because a shard restarts a child that throws at once and for ever. It tells its parent instead.
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
                _deferred.Return(message, Sender, _exit.Broken(e));
            return true;
        }
    }

    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
        _setup.Metrics.Awake(-1);
        _turn.Run.Leave();
        _exit.End();

        // The last message of this incarnation: the next one recovers after it.
        _journal.Tell(new JournalActor.Release(_id.Value));
    }

    private void Recovering()
    {
        Receive<JournalActor.Recovered>(m => OnRead(() => _recovery.Take(m, Self, _stopped.Token)));
        Receive<SessionRecovery.DeltasRead>(m => OnRead(() => _recovery.Take(m)));
        Receive<SessionRecovery.RulesLearned>(_ => OnRead(_recovery.TakeLearnedRules));
        Receive<SessionRecovery.Broken>(m => Fail(m.Cause));
        Receive<JournalActor.RecoveryFailed>(m => OnLost(m.Cause));
        JournalAnswers();
        Receive<ISessionCommand>(_deferred.Add);
        Receive<Quiesce>(_deferred.Add);
        Receive<AwaitQuiet>(_deferred.Add);
        Receive<Leave>(_ => OnHandOff());
        Receive<Terminated>(OnTerminated);
    }

    private void Ready()
    {
        JournalAnswers();
        Receive<ISessionCommand>(m => _commands.Take(m, Sender));
        Receive<LargeCommandReader.BodyRead>(m =>
        {
            _commands.Take(m, Sender);
            OnLeaveIfMissing(); // It may have stayed for the body only.
        });
        Receive<RunActor.Report>(_turn.Driver.Take);
        Receive<RunActor.Left>(_turn.Closer.Leave);
        Receive<FileWorkResult>(_commands.Take);
        Receive<Titles.TitleActor.Found>(_turn.Title.Take);
        Receive<Terminated>(OnTerminated);
        Receive<OpenTextStore.StoreText>(_ => _committer.StoreText());
        Receive<TurnCloser.CloseAgain>(_ => _turn.Closer.CloseBroken());

        Receive<Quiesce>(_ => _turn.HandOver.Stop(Sender));
        Receive<AwaitQuiet>(_ => _turn.HandOver.Await(Sender));
        Receive<Leave>(_ => OnHandOff());
        Receive<Quiet>(_ => _turn.HandOver.EndGracePeriod(Self));
        Receive<TurnHandOver.TurnTimedOut>(_ => _turn.HandOver.EndGracePeriod(Self));
        Receive<Quiesced>(_ => LeaveIf(_turn.HandOver.HasBegun)); // What was decided is durable, or refused.
        Receive<StorageFull>(_ => LeaveIf(_turn.HandOver.HasBegun));
        Receive<Unavailable>(_ => LeaveIf(_turn.HandOver.HasBegun));
        Receive<LeaveIfMissing>(_ => OnLeaveIfMissing());
        Receive<ReceiveTimeout>(_ => LeaveIf(IsIdle));
    }

    // The parent keeps commands meanwhile and starts the session again for them, so none is lost to a stopped actor.
    private void Leaving(Unavailable? refusal)
    {
        Receive<Leave>(_ => Context.Stop(Self));
        Receive<ISessionCommand>(m => _deferred.Return(m, Sender, refusal));
        ReceiveAny(static _ => { }); // Reports, timers and answers of the journal have no effect any more.
    }

    private void JournalAnswers()
    {
        Receive<JournalActor.Appended>(_committer.Take);
        Receive<JournalActor.AppendFailed>(OnAppendFailed);
        Receive<JournalActor.AppendRefused>(m => GiveUp(m.Reason), m => _committer.IsAwaited(m.Version));
        Receive<JournalActor.AppendRefused>(static _ => { }); // Stale (rule "Tell the journal, never ask").
        Receive<JournalActor.ClaimLost>(m => GiveUp(_exit.MovedBy(m.Fence)));
        Receive<JournalActor.JournalRestarted>(_ => GiveUp("the journal's actor was restarted"));
    }

    private void OnRead(Action take)
    {
        take();
        if (!_recovery.IsComplete)
            return;

        _names.Begin(_setup.Now);
        if (_recovery.TakeUp(_committer) is { } decision)
            _committer.Commit(decision);
        else
            BeReady();
    }

    private void BeReady()
    {
        _isReady = true;
        Become(Ready);
        Context.SetReceiveTimeout(TimeSpan.FromMilliseconds(_setup.Options.PassivateAfterMs));
        _deferred.RedeliverAll();

        // Sent behind the deferred commands, since one may be a Create. Otherwise no actor stays for an id without a session.
        if (_committer.State.Info is null)
            Self.Tell(new LeaveIfMissing());
    }

    // Something was committed, or given up.
    private void OnSettled()
    {
        _turn.HandOver.AnswerQuietWaits();
        if (!_isReady && !_committer.IsUnderWay)
            BeReady();
        else if (_isReady && _committer.Committed.Info is null)
            OnLeaveIfMissing(); // It was deleted, or could not be made.
    }

    private void OnAppendFailed(JournalActor.AppendFailed message)
    {
        if (!_committer.Take(message))
            return;

        if (message.Cause is JournalFullException full)
            OnFull(full);
        else
            OnLost(message.Cause);
    }

    // Nothing was written: back to what is durable. Reading goes on; a turn that cannot go on is closed when there is room again.
    private void OnFull(JournalFullException full)
    {
        var refusal = new StorageFull(full.FreeBytes, full.NeededBytes);
        _names.NoteDiskFull(_committer.Waiting, refusal, _setup.Now);
        _turn.RollBack(full, refusal);
        OnSettled();
    }

    private void OnTerminated(Terminated message)
    {
        if (_turn.Run.Is(message.ActorRef))
            _turn.Driver.RunEnded();
        else if (!message.ActorRef.Equals(_journal))
            _children.End(message.ActorRef);
        else if (IsIdle)
            LeaveMemory(); // At the end of the actor system the journal's actor may be stopped first, and there is nothing to give up.
        else
            GiveUp("the journal's actor has ended");
    }

    // An unrequested stop message: the shard moves to another node. A session that recovers loses nothing by that.
    private void OnHandOff()
    {
        LogHandedOff(_logger, _id.Value);
        _turn.HandOver.Begin();
        if (_isReady)
            _turn.HandOver.EndTurn(Self);
        else
            LeaveMemory();
    }

    private void OnLeaveIfMissing()
    {
        if (_committer.State.Info is null && IsIdle && !_names.TryRemoveTombstone(_committer, _setup.Now))
            LeaveMemory();
    }

    // Before it was ready a failure is counted: the next incarnation would have to do the same, and would fail as this one did.
    private void OnLost(Exception cause)
    {
        if (_exit.RefusalOf(cause) is { } refusal)
            GiveUp(refusal);
        else if (_isReady)
            GiveUp(cause.Message);
        else
            Fail(cause);
    }

    private void GiveUp(Unavailable refusal) => GiveUp(refusal.Reason, refusal);

    // No failure: the next incarnation recovers what is committed. With a refusal another node has the session, or this one may not claim it now.
    private void GiveUp(string reason, Unavailable? refusal = null)
    {
        LogGivenUp(_logger, _id.Value, reason);
        LeaveMemory(refusal);
    }

    // Rule "A session never throws": an error after the append, or in the recovery, is the session's own. The stop message carries it to the parent, which counts it.
    private void Fail(Exception cause)
    {
        LogFailed(_logger, cause, _id.Value);
        _setup.Metrics.Restarted("session");
        _setup.Failures?.Add(_id);
        LeaveMemory(_exit.Broken(cause), cause);
    }

    private void LeaveIf(bool isTime)
    {
        if (isTime)
            LeaveMemory();
    }

    private void LeaveMemory(Unavailable? refusal = null, Exception? failure = null)
    {
        Context.SetReceiveTimeout(null);
        Timers.CancelAll();
        Become(() => Leaving(refusal));
        _exit.Begin(refusal, failure);
    }

    /// <summary>Leaves memory if there is no such session.</summary>
    private sealed record LeaveIfMissing : INotInfluenceReceiveTimeout;
}
