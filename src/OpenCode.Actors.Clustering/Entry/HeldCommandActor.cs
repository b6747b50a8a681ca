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
/// no node knows the home of a shard, Akka's region keeps all that is sent to it: so before another copy is sent, a <see cref="Wake"/> is, which is small, and the
/// copy goes when that was answered.
/// </remarks>
internal sealed class HeldCommandActor : ReceiveActor, IWithTimers
{
    // An answer that comes later than this is a dead letter.
    private static readonly TimeSpan _lastAnswers = TimeSpan.FromSeconds(15);

    // A session answers within a few milliseconds. Where it has not, its shard may be on another node than the region knows.
    private const int MessagesToOneHome = 3;

    private readonly SessionId _id;
    private readonly IActorRef _asker;
    private readonly EntrySetup _setup;
    private readonly long _began;
    private readonly CancellationTokenSource _stopped = new();
    private readonly HeldBody _body;
    private readonly ResendPace _pace = new();
    private IActorRef? _index;
    private Unavailable? _refusal;
    private int _unanswered;
    private bool _isAdmitted;
    private bool _isProbing;
    private bool _wasSent;
    private int _messages;
    private bool _isAnswered;

    public HeldCommandActor(SessionId id, Named named, MessageKind kind, IActorRef asker, IActorRef? index, EntrySetup setup)
    {
        (_id, _asker, _index, _setup) = (id, asker, index, setup);
        _body = new HeldBody(id, named, kind, setup.Large, setup.MaxHeldBytes);
        _began = setup.Time.GetTimestamp();

        Receive<Begin>(_ => Weigh());
        Receive<Admitted>(_ => OnAdmitted());
        Receive<NoRoom>(m => Answer(Refusals.Untouched(m.Reason)));
        Receive<Again>(_ => Send());
        Receive<SendNow>(_ => OnSendNow());
        Receive<TimeOver>(_ => OnTimeOver());
        Receive<GiveUp>(m => OnGiveUp(m.Reason));
        Receive<IndexQuery.Found>(_ => OnKnown());
        Receive<HeldBody.Stored>(_ => OnStored());
        Receive<HeldBody.NotStored>(OnNotStored);
        Receive<Awake>(_ => OnReached());
        Receive<Unavailable>(OnUnavailable);
        ReceiveAny(OnAnswer);
    }

    /// <summary>How large the command is, for the entry. Answered with <see cref="Admitted"/> or <see cref="NoRoom"/>.</summary>
    /// <param name="Bytes">The length of what crosses nodes.</param>
    public sealed record Weighed(long Bytes) : IDeadLetterSuppression;

    /// <summary>The entry has room for the command.</summary>
    public sealed record Admitted : IDeadLetterSuppression;

    /// <summary>The entry has no room for the command.</summary>
    /// <param name="Reason">Why, a sentence for people.</param>
    public sealed record NoRoom(string Reason) : IDeadLetterSuppression;

    /// <summary>The members have changed: sends the command at once, to wherever its session is now.</summary>
    public sealed record SendNow : IDeadLetterSuppression;

    /// <summary>Answers with a refusal instead of waiting any longer.</summary>
    /// <param name="Reason">Why, a sentence for people.</param>
    public sealed record GiveUp(string Reason) : IDeadLetterSuppression;

    /// <summary>The asker has its answer. Nothing is held any more; late answers to other copies are still taken in.</summary>
    public sealed record Answered : IDeadLetterSuppression;

    private sealed record Begin;

    private sealed record Again;

    private sealed record TimeOver;

    private sealed record LastAnswersDue;

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
        Timers.StartSingleTimer(nameof(TimeOver), new TimeOver(), _setup.HoldFor);
        Self.Tell(new Begin()); // Not in PreStart: if that throws, PostStop does not run, and the asker gets no answer.
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

    private void Weigh()
    {
        var (bytes, refusal) = _body.Write();
        if (refusal is null)
            Context.Parent.Tell(new Weighed(bytes));
        else
            Answer(refusal);
    }

    private void OnAdmitted()
    {
        _isAdmitted = true;
        Send();
    }

    private void Send()
    {
        Timers.StartSingleTimer(nameof(Again), new Again(), _pace.Next());
        if (_index is not null)
            Ask(_index, new IndexQuery.Get(_id));
        else if (_body.IsToStore)
            _body.Store(Self, _stopped.Token);
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
        _setup.Region.Tell(new Deliver(_id, new Wake()));
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
        Ask(_setup.Region, _body.Message);
    }

    private void OnKnown()
    {
        _unanswered--;
        if (_index is null)
            return; // Asked twice.

        _index = null;
        _pace.Restart();
        Send();
    }

    private void OnStored()
    {
        _body.OnStored();
        _pace.Restart();
        Send();
    }

    private void OnNotStored(HeldBody.NotStored message)
    {
        _body.OnNotStored();
        _refusal = Refusals.Untouched($"The command is too large for a message between nodes and could not be stored for its session: {message.Cause.Message}");
    }

    // The coordinator may hear of the loss later than this node, and name the lost one as the home again: known by messages without an answer.
    private void OnSendNow()
    {
        if (!_isAdmitted)
            return;

        _pace.RestartAfterLoss();
        _messages = 0;
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
        Context.Parent.Tell(new Answered());
        Timers.CancelAll();
        Become(Ending);
        Timers.StartSingleTimer(nameof(LastAnswersDue), new LastAnswersDue(), _lastAnswers);
        EndIfDone();
    }

    private void Ending()
    {
        Receive<LastAnswersDue>(_ => Context.Stop(Self));
        ReceiveAny(message =>
        {
            if (message is Begin or Admitted or SendNow or GiveUp or Again or TimeOver or HeldBody.Stored or HeldBody.NotStored or Awake)
                return; // Not an answer to a copy.

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
