using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Sharding;

namespace OpenCode.Actors.Sessions.Region;

/// <summary>The region: knows every session there is, wakes them on demand, and routes commands to them.</summary>
/// <remarks>
/// Sessions with an unfinished turn are woken at the start, and nobody is answered before they tell the truth again. A session that fails is restarted from the journal
/// three times a minute, then stopped; it starts anew at its next command. The mailbox is unbounded, because what sessions note here must not be lost; what outsiders may
/// have in it is bounded where they come in (<see cref="ISessions"/>).
/// </remarks>
internal sealed partial class SessionsActor(IActorRef journal, SessionSetup setup) : Actor
{
    private const int MaxWaitingForStart = 10_000;

    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _wakeAgainAfter = TimeSpan.FromSeconds(5);

    private readonly ILogger _logger = setup.Loggers.CreateLogger<SessionsActor>();
    private readonly SessionIndex _index = new();
    private readonly Dictionary<SessionId, Child> _children = [];

    // Of the sessions that are not idle, or wait for their user: few, whatever there is.
    private readonly Dictionary<SessionId, SessionNotes> _active = [];
    private readonly Dictionary<string, ImmutableList<PermissionRule>> _learned = new(StringComparer.Ordinal);
    private readonly HashSet<SessionId> _recovering = [];

    /// <summary>A session says what has changed with its last commit.</summary>
    /// <param name="SessionId">The session.</param>
    /// <param name="Entry">Its entry in the index, when the info is another.</param>
    /// <param name="Notes">The rest.</param>
    /// <param name="Offset">The log holds what led to it up to here.</param>
    public sealed record Noted(SessionId SessionId, SessionEntry? Entry, SessionNotes Notes, long Offset);

    /// <summary>A session was deleted.</summary>
    /// <param name="SessionId">The session.</param>
    /// <param name="Offset">The log holds its last event up to here.</param>
    public sealed record Gone(SessionId SessionId, long Offset);

    /// <summary>A session has been read from the journal and tells the truth.</summary>
    public sealed record Awake(SessionId SessionId);

    /// <summary>A session is idle for long and asks to leave memory.</summary>
    public sealed record Passivate(SessionId SessionId);

    /// <summary>A session that had asked to leave got work meanwhile.</summary>
    public sealed record Stay(SessionId SessionId);

    private sealed record Wake(SessionId SessionId);

    // A session in memory. While it leaves, what comes for it is kept.
    private sealed class Child(IActorRef actor)
    {
        public IActorRef Ref { get; } = actor;

        public bool IsLeaving { get; set; }

        public List<(object Command, IActorRef Sender)> Kept { get; } = [];
    }

    public static Props PropsFor(IActorRef journal, SessionSetup setup) =>
        Props.Create(() => new SessionsActor(journal, setup)).WithMailbox(MailboxOptions.Unbounded).WithStashCapacity(MaxWaitingForStart);

    protected override SupervisorStrategy SupervisorStrategy { get; } = new OneForOne(maxRetries: 3, window: TimeSpan.FromMinutes(1));

    protected override ValueTask PreStartAsync() => BeginStart();

    protected override ValueTask PostRestartAsync(Exception cause)
    {
        setup.Shards?.OnRestarted();
        return PreStartAsync();
    }

    protected override ValueTask ReceiveAsync(object message) => _gate is null ? Handle(message) : HandleShared(message);

    private ValueTask Handle(object message) => message switch
    {
        Deliver m => OnDeliver(m),
        Create m => OnCreate(m),
        Get m => OnGet(m),
        List m => Answer(new Listed(_index.List(m.Query))),
        ListStatus m => OnListStatus(m),
        ListPermissions m => OnListPermissions(m),
        ListQuestions m => OnListQuestions(m),
        ReplyPermission m => OnReplyPermission(m),
        ReplyQuestion m => OnQuestion(m.RequestId, new SessionActor.ReplyQuestion(m.RequestId, m.Answers)),
        RejectQuestion m => OnQuestion(m.RequestId, new SessionActor.RejectQuestion(m.RequestId)),
        Abort m => OnAbort(m),
        Quiesce => OnQuiesce(),
        SessionActor.Quiesced or StorageFull or Unavailable => OnQuiet(),
        Delete m => OnDelete(m),
        Noted m => OnNoted(m),
        Gone m => OnGone(m),
        Awake m => OnAwake(m),
        Passivate m => OnPassivate(m),
        Stay m => OnStay(m),
        Wake m => OnWake(m),
        Terminated m => OnTerminated(m),
        _ => Unhandled(message),
    };

    private ValueTask Answer(object answer)
    {
        Sender.Tell(answer, Self);
        return ValueTask.CompletedTask;
    }

    private ValueTask OnDeliver(Deliver message)
    {
        if (IsElsewhere(message.SessionId) || _index.TryGet(message.SessionId, out _))
            Hand(message.SessionId, message.Command, Sender);
        else
            Sender.Tell(new SessionNotFound(message.SessionId), Self);
        return ValueTask.CompletedTask;
    }

    private void Hand(SessionId id, object command, IActorRef sender)
    {
        if (IsElsewhere(id))
        {
            sender.Tell(new NotHere(Shard.Of(id)), Self);
            return;
        }

        var child = AwakeChild(id);
        if (child.IsLeaving)
            child.Kept.Add((command, sender));
        else
            child.Ref.Tell(command, sender);
    }

    private Child AwakeChild(SessionId id)
    {
        if (_children.TryGetValue(id, out var child))
            return child;

        child = new Child(Context.ActorOf(SessionActor.PropsFor(id, journal, setup, _gate?.FenceOf(id)), id.Value));
        Context.Watch(child.Ref);
        _children.Add(id, child);
        if (_isQuiescing)
            child.Ref.Tell(new SessionActor.Quiesce(), Self);
        if (_isSuspended)
            child.Ref.Tell(new SessionActor.Suspend(), Self);
        return child;
    }

    private ValueTask OnCreate(Create message)
    {
        if (message.Request.ParentId is { } parent && !_index.TryGet(parent, out _))
            return Answer(new SessionNotFound(parent));

        if (_gate is not null && WhyNotHere(message.Request.ParentId) is { } elsewhere)
            return Answer(elsewhere);

        var id = _gate?.NewSession(setup.Ids, message.Request.ParentId) ?? setup.Ids.NewSession();
        Hand(id, new SessionActor.Create(message.Place, message.Request), Sender);
        if (_learned.TryGetValue(message.Place.Directory, out var rules))
            _children[id].Ref.Tell(new SessionActor.Learn(rules));
        return ValueTask.CompletedTask;
    }

    private ValueTask OnGet(Get message) =>
        Answer(_index.TryGet(message.SessionId, out var entry) ? new Found(entry) : new SessionNotFound(message.SessionId));

    private ValueTask OnAbort(Abort message)
    {
        if (!_index.TryGet(message.SessionId, out _))
            return Answer(new SessionNotFound(message.SessionId));

        Hand(message.SessionId, new SessionActor.Abort(), Sender);
        return ValueTask.CompletedTask;
    }

    private ValueTask OnDelete(Delete message)
    {
        if (!_index.TryGet(message.SessionId, out _))
            return Answer(new SessionNotFound(message.SessionId));

        if (IsElsewhere(message.SessionId))
            return Answer(new NotHere(Shard.Of(message.SessionId)));

        var order = new List<SessionId>();
        CollectTree(message.SessionId, order);
        Context.ActorOf(DeletionActor.PropsFor(Self, order, Sender));
        return ValueTask.CompletedTask;
    }

    private void CollectTree(SessionId id, List<SessionId> order)
    {
        foreach (var child in _index.List(new SessionQuery(ParentId: id)))
            CollectTree(child.Id, order);
        order.Add(id);
    }
}
