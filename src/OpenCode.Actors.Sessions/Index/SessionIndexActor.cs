using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.Setup;

namespace OpenCode.Actors.Sessions.Index;

/// <summary>Lists all sessions, in memory or not, with their status and pending requests. It follows the log; an answer includes all that was committed before the query.</summary>
/// <remarks>
/// It is built from the rows at its start, then from the log, so a restart builds the same index again. It wakes the sessions with an unfinished turn at its start and every
/// 5 s, and answers no query before each of those of the start has recovered, or failed to. In a cluster it wakes none by itself: they may run on other nodes. Its mailbox is unbounded; queries from outside are bounded at the edge
/// (<see cref="ISessions"/>).
/// </remarks>
internal sealed partial class SessionIndexActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _wakeInterval = TimeSpan.FromSeconds(5);

    private readonly IActorRef _region;
    private readonly SessionSetup _setup;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopped = new();
    private readonly HashSet<SessionId> _waking = [];
    private readonly IdleWaits _waits = new();
    private readonly WaitingQueries _queries;
    private readonly Deletions _deletions;
    private readonly FollowedLog _log;
    private IndexedSessions _sessions;
    private bool _isServing;

    public SessionIndexActor(IActorRef region, SessionSetup setup)
    {
        (_region, _setup, _sessions) = (region, setup, new IndexedSessions(setup));
        _logger = setup.Loggers.CreateLogger<SessionIndexActor>();
        _queries = new WaitingQueries(setup.Journal, Self, _stopped.Token);
        _log = new FollowedLog(Context, setup.Progress);
        _deletions = new Deletions(id => Context.ActorOf(DeletionActor.PropsFor(region, id)));
        Surveying();
    }

    /// <summary>
    /// Wakes the sessions with an unfinished turn, and those whose tombstone may go; deletions that were interrupted go on. On a node that is alone the index sends it to itself.
    /// </summary>
    public sealed record WakeUnfinished;

    private sealed record Surveyed(IndexSnapshot IndexSnapshot) : IDeadLetterSuppression;

    private sealed record SurveyFailed(Exception Cause) : IDeadLetterSuppression;

    private sealed record SurveyAgain;

    private sealed record UnfinishedRead(UnfinishedRows Rows, IActorRef Asker) : IDeadLetterSuppression;

    private sealed record UnfinishedNotRead(Exception Cause, IActorRef Asker) : IDeadLetterSuppression;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(IActorRef region, SessionSetup setup) => Props.Create(() => new SessionIndexActor(region, setup));

    protected override SupervisorStrategy SupervisorStrategy() => Akka.Actor.SupervisorStrategy.StoppingStrategy;

    protected override void PreStart() => BeginSurvey();

    protected override void PreRestart(Exception reason, object message)
    {
        LogRestarting(_logger, reason);
        _setup.Metrics.Restarted("index");
        if (message is IIndexQuery)
            Sender.Tell(new Unavailable(reason.Message, _retryAfter));
        foreach (var id in _deletions.Running)
            Self.Tell(new IndexQuery.Delete(id), ActorRefs.Nobody); // The next incarnation goes on with it.
        base.PreRestart(reason, message);
    }

    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
        _waits.AnswerAll();
        var stopped = new Unavailable("The index of sessions was stopped and is read from the journal again. Send the request again.", _retryAfter);
        _queries.RefuseAll(stopped);
        _deletions.RefuseAll(stopped);
    }

    // Reads the rows: at the start, and again when the log was trimmed faster than it was followed.
    private void Surveying()
    {
        Receive<Surveyed>(OnSurveyed);
        Receive<SurveyFailed>(OnSurveyFailed);
        Receive<SurveyAgain>(_ => TakeSurvey());
        Receive<IIndexQuery>(m => _queries.Add(m, Sender));
        Always();
        ReceiveAny(static _ => { }); // Pages of the previous follower.
    }

    // The index is there, and the sessions with an unfinished turn are being recovered.
    private void WakingUp()
    {
        Following();
        Receive<Awake>(OnAwake);
        Receive<WakeUnfinished>(_ => Wake(_waking));
        Receive<IIndexQuery>(m => _queries.Add(m, Sender));
        Always();
    }

    private void Serving()
    {
        Following();
        Receive<Awake>(Confirm);
        Receive<WakeUnfinished>(_ => OnWakeUnfinished());
        Receive<IIndexQuery>(m => _queries.Take(m, Sender));
        Always();
    }

    private void Following()
    {
        Receive<LogFollower.Began>(_ => _log.OnBegan(Sender));
        Receive<LogPage>(OnPage);
        Receive<LogTrimmed>(_ => BeginSurvey());
        Receive<LogFollower.Ended>(m => _log.OnLost(Sender, m.Cause));
        Receive<Terminated>(m => _log.OnLost(m.ActorRef, cause: null));
    }

    private void Always()
    {
        Receive<IdleWaits.Await>(m => _waits.Add(m, Sender));
        Receive<IdleWaits.Forget>(m => _waits.Remove(m.SessionId, m.Waiter));
        Receive<WaitingQueries.HeadRead>(OnHeadRead);
        Receive<WaitingQueries.HeadNotRead>(OnHeadNotRead);
        Receive<DeletionActor.Ended>(_deletions.End);
        Receive<UnfinishedRead>(OnUnfinishedRead);
        Receive<UnfinishedNotRead>(static m => m.Asker.Tell(new Unavailable(m.Cause.Message, _retryAfter)));
    }

    private void BeginSurvey()
    {
        _isServing = false;
        _log.Forget();
        Become(Surveying);
        TakeSurvey();
    }

    private void TakeSurvey() =>
        IndexSnapshot.TakeAsync(_setup.Journal, _setup.IsShared, _logger, _stopped.Token).PipeTo(Self, success: static survey => new Surveyed(survey), failure: static cause => new SurveyFailed(cause));

    private void OnSurveyFailed(SurveyFailed message)
    {
        LogSurveyFailed(_logger, message.Cause);
        Timers.StartSingleTimer(nameof(SurveyAgain), new SurveyAgain(), _retryAfter);
    }

    private void OnSurveyed(Surveyed message)
    {
        var survey = message.IndexSnapshot;
        _sessions = new IndexedSessions(_setup, survey);
        _deletions.SetUnfinished(_setup.IsShared ? [] : survey.Deletions);
        LogSurveyed(_logger, _sessions.Count, survey.Unfinished.Count);
        _waits.BeginAt(survey.Head);
        _log.Begin(survey.Head, new LogFollower(_setup.Journal, _logger, _stopped.Token));
        _waking.Clear();
        if (!_setup.IsShared)
        {
            _waking.UnionWith(survey.Unfinished);
            Wake(_waking);
            Timers.StartPeriodicTimer(nameof(WakeUnfinished), new WakeUnfinished(), _wakeInterval);
        }

        Become(WakingUp);
        ServeOnceAwake();
    }

    private void OnPage(LogPage page)
    {
        if (_log.Take(page, Take))
            AnswerFollowed();
        Sender.Tell(new LogFollower.PageTaken());
    }

    private void Take(IndexEvent happening)
    {
        _sessions.Take(happening);
        if (happening.Event is SessionIdled or SessionDeleted)
            _waits.Take(happening.SessionId, happening.Offset);
    }

    private void OnWakeUnfinished()
    {
        Wake(_sessions.ListUnfinished());
        ContinueDeletions();
    }

    // A session that failed recovers by this; a session that runs ignores it.
    private void Wake(IEnumerable<SessionId> sessions)
    {
        foreach (var id in sessions)
            _region.Tell(new Deliver(id, new Commands.Wake()));
    }

    // Also after a failure: one session that cannot be recovered must not hold up the index.
    private void OnAwake(Awake message)
    {
        Confirm(message);
        _waking.Remove(message.SessionId);
        ServeOnceAwake();
    }

    private void Confirm(Awake message)
    {
        if (message.Status is { } status)
            _sessions.Confirm(message.SessionId, status);
    }

    private void ServeOnceAwake()
    {
        if (_waking.Count > 0)
            return;

        _isServing = true;
        Become(Serving);
        AnswerFollowed();
        _queries.ReadHead();
        ContinueDeletions();
    }

    private void OnHeadRead(WaitingQueries.HeadRead message)
    {
        _queries.OnRead(message);
        AnswerFollowed();
        _queries.ReadHead();
    }

    private void OnHeadNotRead(WaitingQueries.HeadNotRead message)
    {
        _queries.OnNotRead(message);
        _queries.ReadHead();
    }

    private void AnswerFollowed()
    {
        if (_isServing)
            _queries.AnswerUpTo(_log.Offset, Answer);
    }

    private void Answer(IIndexQuery query, IActorRef asker)
    {
        switch (query)
        {
            case IndexQuery.Delete q when _deletions.Running.Contains(q.SessionId) || _sessions.Has(q.SessionId):
                _deletions.Begin(q.SessionId, asker);
                break;
            case IndexQuery.Delete q:
                asker.Tell(new SessionNotFound(q.SessionId));
                break;
            case IndexQuery.ListUnfinished:
                ReadUnfinished(asker);
                break;
            case IndexQuery.FollowLog:
                asker.Tell(new IndexQuery.Followed(_log.Offset));
                break;
            default:
                asker.Tell(_sessions.Answer(query));
                break;
        }
    }

    private void ContinueDeletions()
    {
        foreach (var id in _deletions.Unfinished.Where(_sessions.Has).ToList())
            _deletions.Begin(id, ActorRefs.Nobody);
    }

    // A mark of a deletion and the end of a tombstone are rows without an event: a node that followed the log alone would not know of them.
    private void ReadUnfinished(IActorRef asker)
    {
        if (_setup.IsShared)
            UnfinishedRows.ReadAsync(_setup.Journal, _sessions.Tombstones.Due(_setup.Now).Any(), _setup.Now, _stopped.Token).PipeTo(Self, success: rows => new UnfinishedRead(rows, asker), failure: cause => new UnfinishedNotRead(cause, asker));
        else
            asker.Tell(new IndexQuery.Unfinished(_sessions.ListUnfinished(), [.. _deletions.Unfinished]));
    }

    private void OnUnfinishedRead(UnfinishedRead message)
    {
        if (message.Rows.Tombstones is { } there)
            _sessions.Tombstones.Forget(message.Rows.ReadAt, there);
        message.Asker.Tell(new IndexQuery.Unfinished(_sessions.ListUnfinished(), message.Rows.Deletions));
    }
}
