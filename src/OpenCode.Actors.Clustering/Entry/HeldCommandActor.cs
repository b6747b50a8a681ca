using Akka.Actor;
using Akka.Event;
using OpenCode.Actors.Clustering.Wire;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Actors;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.Clustering.Entry;

/// <summary>Holds one command: sends it to its session, again with growing pauses, until it is answered or its time is over.</summary>
/// <remarks>
/// The steps before the first copy leaves: the entry has room for its bytes, the index knows the session, and the database has the command, if it is a large one. A step that fails is tried again too. While
/// nobody knows the home of a shard, Akka's region keeps all that is sent to it: so before another copy is sent, a <see cref="Wake"/> is, which is small, and the
/// copy goes when that was answered.
/// </remarks>
internal sealed partial class HeldCommandActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(1);

    // The coordinator hears of a lost member at about the same time: what comes before is sent to where the shard was.
    private static readonly TimeSpan _pauseAfterLoss = TimeSpan.FromMilliseconds(25);

    // An answer that comes later than this is a dead letter.
    private static readonly TimeSpan _lastAnswers = TimeSpan.FromSeconds(15);

    // A session answers within a few milliseconds. Where it has not, its shard may be on another node than the region knows.
    private const int MessagesToOneHome = 3;

    private readonly SessionId _id;
    private readonly Named _named;
    private readonly MessageKind _kind;
    private readonly IActorRef _asker;
    private readonly EntrySetup _setup;
    private readonly long _began;
    private readonly CancellationTokenSource _stopped = new();
    private Deliver _message;
    private IActorRef? _index;
    private byte[]? _packed;
    private TimeSpan _pause = _firstPause;
    private Unavailable? _refusal;
    private int _unanswered;
    private bool _isAdmitted;
    private bool _isStoring;
    private bool _isProbing;
    private bool _wasSent;
    private int _messages;
    private bool _isAnswered;

    public HeldCommandActor(SessionId id, Named named, MessageKind kind, IActorRef asker, IActorRef? index, EntrySetup setup)
    {
        (_id, _named, _kind, _asker, _index, _setup) = (id, named, kind, asker, index, setup);
        _message = new Deliver(id, named);
        _began = setup.Time.GetTimestamp();

        Receive<Begin>(_ => Weigh());
        Receive<Admitted>(_ => OnAdmitted());
        Receive<NoRoom>(m => Answer(Refusals.Untouched(m.Reason)));
        Receive<Again>(_ => Send());
        Receive<SendNow>(_ => OnSendNow());
        Receive<TimeOver>(_ => OnTimeOver());
        Receive<GiveUp>(m => OnGiveUp(m.Reason));
        Receive<SessionIndexActor.Found>(_ => OnKnown());
        Receive<Stored>(_ => OnStored());
        Receive<NotStored>(OnNotStored);
        Receive<Awake>(_ => OnReached());
        Receive<Unavailable>(OnUnavailable);
        ReceiveAny(OnAnswer);
    }

    /// <summary>The members have changed: sends the command at once, to wherever its session is now.</summary>
    public sealed record SendNow : IDeadLetterSuppression
    {
        public static SendNow Instance { get; } = new();
    }

    /// <summary>Answers with a refusal instead of waiting any longer.</summary>
    /// <param name="Reason">Why, a sentence for people.</param>
    public sealed record GiveUp(string Reason) : IDeadLetterSuppression;

    /// <summary>The asker has its answer. Nothing is held any more; late answers to other copies are still taken in.</summary>
    public sealed record Answered : IDeadLetterSuppression
    {
        public static Answered Instance { get; } = new();
    }

    private sealed record Again
    {
        public static Again Instance { get; } = new();
    }

    private sealed record TimeOver
    {
        public static TimeOver Instance { get; } = new();
    }

    /// <summary>The database has the large command.</summary>
    private sealed record Stored : IDeadLetterSuppression
    {
        public static Stored Instance { get; } = new();
    }

    private sealed record NotStored(Exception Cause) : IDeadLetterSuppression;

    private sealed record LastAnswersDue
    {
        public static LastAnswersDue Instance { get; } = new();
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Makes one.</summary>
    /// <param name="id">The session.</param>
    /// <param name="named">The command. Over 256 KiB it is stored, and a <see cref="NamedByReference"/> is sent.</param>
    /// <param name="kind">How the command is written.</param>
    /// <param name="asker">Gets one answer.</param>
    /// <param name="index">Knows whether there is such a session; null when it need not be asked.</param>
    /// <param name="setup">What the entry has.</param>
    public static Props PropsFor(SessionId id, Named named, MessageKind kind, IActorRef asker, IActorRef? index, EntrySetup setup) =>
        Props.CreateBy(new ActorProducer<HeldCommandActor>(() => new HeldCommandActor(id, named, kind, asker, index, setup)));

    protected override void PreStart()
    {
        Timers.StartSingleTimer(nameof(TimeOver), TimeOver.Instance, _setup.HoldFor);
        Self.Tell(Begin.Instance); // Not in PreStart: if that throws, PostStop does not run, and nobody answers.
    }

    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
        if (_isAnswered)
            return;

        _asker.Tell(Refused("The command was given up before its session answered."));
        _setup.Metrics.CommandGivenUp();
    }

    private void Send()
    {
        Timers.StartSingleTimer(nameof(Again), Again.Instance, _pause);
        _pause = _pause * 2 < _longestPause ? _pause * 2 : _longestPause;
        if (_index is not null)
            Ask(_index, new SessionIndexActor.Get(_id));
        else if (_packed is not null)
            Store(_packed);
        else if (_wasSent)
            Probe();
        else
            SendCopy();
    }

    private void Ask(IActorRef actor, object message)
    {
        _unanswered++;
        actor.Tell(message);
    }

    // named-commands: one copy at a time while the home of the shard is unknown.
    private void Probe()
    {
        _isProbing = true;
        if (++_messages > MessagesToOneHome && _setup.ForgetHome?.Invoke(_id) is { } forget)
            _setup.Region.Tell(forget, ActorRefs.Nobody);
        _setup.Region.Tell(new Deliver(_id, Wake.Instance));
    }

    // Probes that were kept arrive together: one copy for all of them.
    private void OnReached()
    {
        if (!_isProbing)
            return;

        (_isProbing, _messages) = (false, 0);
        _setup.Metrics.CommandResent();
        SendCopy();
    }

    private void SendCopy()
    {
        _wasSent = true;
        _messages++;
        Ask(_setup.Region, _message);
    }

    private void OnKnown()
    {
        _unanswered--;
        if (_index is null)
            return; // Asked twice.

        _index = null;
        _pause = _firstPause;
        Send();
    }

    // large-bodies: the row is there before a copy names it.
    private void Store(byte[] packed)
    {
        if (_isStoring)
            return;

        _isStoring = true;
        _setup.Large!.StoreAsync(_named.Name, packed, _stopped.Token).PipeTo(Self, success: static () => Stored.Instance, failure: static cause => new NotStored(cause));
    }

    private void OnStored()
    {
        (_isStoring, _packed) = (false, null);
        _pause = _firstPause;
        Send();
    }

    private void OnNotStored(NotStored message)
    {
        _isStoring = false;
        _refusal = Refusals.Untouched($"The command is too large for a message between nodes and could not be stored for its session: {message.Cause.Message}");
    }

    // The coordinator may hear of the loss later than this node, and name the lost one as the home again: known by messages without an answer.
    private void OnSendNow()
    {
        if (!_isAdmitted)
            return;

        (_pause, _messages) = (_pauseAfterLoss, 0);
        Send();
    }

    // A session that moves or leaves memory, or a node that drains: tried again, like a message that was lost. Not if the session says that it will not be back in time.
    private void OnUnavailable(Unavailable refusal)
    {
        _unanswered--;
        if (_setup.Time.GetElapsedTime(_began) + refusal.RetryAfter < _setup.HoldFor)
            _refusal = refusal;
        else
            Answer(refusal);
    }

    private void OnAnswer(object answer)
    {
        _unanswered--;
        if (_wasSent && Sender.Path.Address.HasGlobalScope)
            _setup.Metrics.CommandForwarded();
        Answer(answer);
    }

    private void OnTimeOver() => OnGiveUp(
        $"{_id} did not answer within {_setup.HoldFor.TotalSeconds:0.#} s.{(_refusal is null ? "" : $" The last refusal was: {_refusal.Reason}")}");

    private void OnGiveUp(string reason)
    {
        _setup.Metrics.CommandGivenUp();
        Answer(Refused(reason));
    }

    private Unavailable Refused(string reason) => _wasSent ? Refusals.Unanswered(reason) : Refusals.Untouched(reason);

    // The asker sees one answer, whichever copy it is for.
    private void Answer(object answer)
    {
        _isAnswered = true;
        _asker.Tell(answer);
        Context.Parent.Tell(Answered.Instance);
        Timers.CancelAll();
        Become(Ending);
        Timers.StartSingleTimer(nameof(LastAnswersDue), LastAnswersDue.Instance, _lastAnswers);
        EndIfDone();
    }

    private void Ending()
    {
        Receive<Begin>(static _ => { });
        Receive<Admitted>(static _ => { });
        Receive<LastAnswersDue>(_ => Context.Stop(Self));
        Receive<SendNow>(static _ => { });
        Receive<GiveUp>(static _ => { });
        Receive<Again>(static _ => { });
        Receive<TimeOver>(static _ => { });
        Receive<Stored>(static _ => { });
        Receive<NotStored>(static _ => { });
        Receive<Awake>(static _ => { });
        ReceiveAny(_ =>
        {
            _unanswered--;
            EndIfDone();
        });
    }

    private void EndIfDone()
    {
        if (_unanswered <= 0)
            Context.Stop(Self);
    }
}
