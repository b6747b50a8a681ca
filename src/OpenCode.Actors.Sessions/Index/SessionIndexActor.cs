using Akka.Actor;
using Akka.Event;
using Akka.Streams;
using Akka.Streams.Dsl;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Questions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.Setup;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace OpenCode.Actors.Sessions.Index;

/// <summary>Lists all sessions, in memory or not, with their status and pending requests. It follows the log; an answer has all that was committed before the question.</summary>
/// <remarks>
/// It is built from the rows at its start, then from the log, so a restart builds the same index again. It wakes the sessions with an unfinished turn at its start and every
/// 5 s, and answers no query before each of those of the start has recovered, or failed to. In a cluster it wakes none by itself: they may run on other nodes. Its mailbox is unbounded; queries from outside are bounded at the edge
/// (<see cref="ISessions"/>).
/// </remarks>
internal sealed partial class SessionIndexActor : ReceiveActor, IWithTimers
{
    private const int MaxQueriesAtStart = 10_000;

    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _wakeInterval = TimeSpan.FromSeconds(5);

    private readonly IActorRef _region;
    private readonly SessionSetup _setup;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopped = new();
    private readonly IMaterializer _materializer = Context.Materializer();
    private readonly HashSet<SessionId> _waking = [];
    private readonly IdleWaits _waits = new();
    private SessionIndex _index = new();
    private SessionActivity _activity = new();
    private Tombstones _tombstones = new();
    private bool _isServing;

    public SessionIndexActor(IActorRef region, SessionSetup setup)
    {
        (_region, _setup) = (region, setup);
        _logger = setup.Loggers.CreateLogger<SessionIndexActor>();
        Surveying();
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The rows of all sessions are read.</summary>
    private sealed record Surveyed(Survey Survey) : IDeadLetterSuppression;

    /// <summary>The rows could not be read.</summary>
    private sealed record SurveyFailed(Exception Cause) : IDeadLetterSuppression;

    /// <summary>Reads the rows again after a failure.</summary>
    private sealed record SurveyAgain
    {
        public static SurveyAgain Instance { get; } = new();
    }

    public static Props PropsFor(IActorRef region, SessionSetup setup) => Props.Create(() => new SessionIndexActor(region, setup));

    protected override SupervisorStrategy SupervisorStrategy() => Akka.Actor.SupervisorStrategy.StoppingStrategy;

    protected override void PreStart() => BeginSurvey();

    protected override void PreRestart(Exception reason, object message)
    {
        LogRestarting(_logger, reason);
        _setup.Metrics.Restarted("index");
        if (message is IIndexQuery)
            Sender.Tell(new Unavailable(reason.Message, _retryAfter));
        foreach (var id in _deletions.Keys)
            Self.Tell(new Delete(id), ActorRefs.Nobody); // The next incarnation goes on with it.
        base.PreRestart(reason, message);
    }

    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
        _waits.AnswerAll();
        var stopped = new Unavailable("The index of sessions was stopped; it is read from the journal again.", _retryAfter);
        RefuseQueries(stopped);
        RefuseDeletions(stopped);
    }

    // The rows are read: at the start, and again when the log was trimmed faster than it was followed.
    private void Surveying()
    {
        Receive<Surveyed>(OnSurveyed);
        Receive<SurveyFailed>(OnSurveyFailed);
        Receive<SurveyAgain>(_ => TakeSurvey());
        Receive<IIndexQuery>(KeepQuery);
        Waiting();
        CatchingUp();
        Deleting();
        ReceiveAny(static _ => { }); // Pages of the previous follower.
    }

    // The index is there, and the sessions with an unfinished turn are being recovered.
    private void WakingUp()
    {
        Following();
        Receive<Awake>(OnAwake);
        Receive<WakeUnfinished>(_ => Wake(_waking));
        Receive<IIndexQuery>(KeepQuery);
        Waiting();
        CatchingUp();
        Deleting();
    }

    private void Serving()
    {
        Following();
        Receive<Awake>(m => Confirm(m));
        Receive<WakeUnfinished>(_ => OnWakeUnfinished());
        Receive<IIndexQuery>(OnQuery);
        Waiting();
        CatchingUp();
        Deleting();
    }

    private void Waiting()
    {
        Receive<AwaitIdle>(m => _waits.Add(m, Sender));
        Receive<StopAwaitingIdle>(m => _waits.Remove(m.SessionId, m.Waiter));
    }

    private void BeginSurvey()
    {
        _isServing = false;
        _follower = null; // Its end is no news from now on.
        Become(Surveying);
        TakeSurvey();
    }

    private void TakeSurvey() =>
        Survey.TakeAsync(_setup.Journal, _setup.IsShared, _logger, _stopped.Token).PipeTo(Self, success: static survey => new Surveyed(survey), failure: static cause => new SurveyFailed(cause));

    private void OnSurveyFailed(SurveyFailed message)
    {
        LogSurveyFailed(_logger, message.Cause);
        Timers.StartSingleTimer(nameof(SurveyAgain), SurveyAgain.Instance, _retryAfter);
    }

    private void OnSurveyed(Surveyed message)
    {
        var survey = message.Survey;
        (_index, _activity, _tombstones) = (new SessionIndex(), new SessionActivity(), new Tombstones());
        foreach (var entry in survey.Entries)
            _index.Put(entry);
        foreach (var id in survey.Unfinished)
            _activity.AddUnfinished(id);
        foreach (var request in survey.Permissions)
            _activity.Add(request);
        foreach (var request in survey.Questions)
            _activity.Add(request);
        foreach (var (id, at) in survey.Tombstones)
            _tombstones.Add(id, at);
        _unfinishedDeletions.Clear();
        if (!_setup.IsShared)
            _unfinishedDeletions.UnionWith(survey.Deletions);
        var directories = survey.Entries.ToDictionary(static entry => entry.Id, static entry => entry.Directory);
        _setup.Learned.Fill(survey.Rules.Where(learned => directories.ContainsKey(learned.SessionId)).Select(learned => (directories[learned.SessionId], learned.Rule)));

        LogSurveyed(_logger, _index.Count, survey.Unfinished.Count);
        _waits.BeginAt(survey.Head);
        Follow(survey.Head);
        _waking.Clear();
        if (!_setup.IsShared)
        {
            _waking.UnionWith(survey.Unfinished);
            Wake(_waking);
            Timers.StartPeriodicTimer(nameof(WakeUnfinished), WakeUnfinished.Instance, _wakeInterval);
        }

        Become(WakingUp);
        ServeOnceAwake();
    }

    private void OnWakeUnfinished()
    {
        Wake(ListUnfinishedNow());
        GoOnDeleting();
    }

    private List<SessionId> ListUnfinishedNow() => [.. _activity.All.Select(static active => active.Id), .. _tombstones.Due(_setup.Now)];

    // A session that failed recovers by this; a session that runs ignores it.
    private void Wake(IEnumerable<SessionId> sessions)
    {
        foreach (var id in sessions)
            _region.Tell(new Deliver(id, Commands.Wake.Instance));
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
            _activity.Confirm(message.SessionId, status);
    }

    private void ServeOnceAwake()
    {
        if (_waking.Count > 0)
            return;

        _isServing = true;
        Become(Serving);
        AnswerFollowed();
        CatchUp();
        GoOnDeleting();
    }

    private void Take(Happening happening)
    {
        var id = happening.SessionId;
        switch (happening.Event)
        {
            case SessionEntry entry:
                _index.Put(entry);
                break;
            case SessionDeleted:
                _index.Remove(id);
                _activity.Remove(id);
                _waits.Take(id, happening.Offset);
                if (_setup.IsShared)
                    _tombstones.Add(id, _setup.Now);
                break;
            case SessionIdled:
                _waits.Take(id, happening.Offset);
                break;
            case SessionStatusChanged m:
                _activity.Take(m);
                break;
            case PermissionRequest m:
                _activity.Add(m);
                break;
            case PermissionReplied m:
                _activity.Remove(m);
                break;
            case QuestionRequest m:
                _activity.Add(m);
                break;
            case QuestionReplied m:
                _activity.Remove(id, m.RequestId);
                break;
            case QuestionRejected m:
                _activity.Remove(id, m.RequestId);
                break;
            case RulesRemembered m when _index.TryGet(id, out var entry):
                _setup.Learned.Add(entry.Directory, m.Rules);
                break;
            default:
                break; // Rules of a session that is deleted by now.
        }
    }

    [LoggerMessage(EventId = 6031, Level = LogLevel.Information, Message = "{Sessions} sessions in the journal, {Unfinished} of them with an unfinished turn.")]
    private static partial void LogSurveyed(ILogger logger, int sessions, int unfinished);

    [LoggerMessage(EventId = 6032, Level = LogLevel.Error, Message = "The sessions could not be read from the journal; trying again.")]
    private static partial void LogSurveyFailed(ILogger logger, Exception cause);

    [LoggerMessage(EventId = 6041, Level = LogLevel.Error, Message = "The index of sessions failed; it is read from the journal again.")]
    private static partial void LogRestarting(ILogger logger, Exception cause);
}
