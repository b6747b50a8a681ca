using OpenCode.Actors.Doors;
using OpenCode.Actors.Mailboxes;

namespace OpenCode.Actors.Cells;

/// <summary>One actor's place in the system: its ref, its two queues and the one turn in which everything happens.</summary>
/// <remarks>
/// Everything but <see cref="Tell"/>, <see cref="SendSystem"/> and <see cref="Schedule"/> runs in the turn only, so it needs no locks. Rarely used parts (children, watch,
/// timers, stash) are made when first used: an idle actor shall be small.
/// </remarks>
internal sealed partial class ActorCell : CellInbox, IInternalRef, IActorContext, IFollower
{
    private const int Scheduled = 1;                  // A turn is queued or runs.
    private const int Closed = 2;                     // Ended; what arrives is a dead letter.
    private const int Held = 4;                       // User messages wait: for a hook or an async handler.
    private const int SuspendUnit = 8;                // The bits from here count suspensions.

    private readonly IDispatcher _dispatcher;
    private readonly Props _props;
    private CellContext _context;
    private ActorPath? _path;

    /// <summary>Initializes a new instance of the <see cref="ActorCell"/> class.</summary>
    /// <param name="system">The system.</param>
    /// <param name="props">The recipe.</param>
    /// <param name="parent">The parent; null for the root.</param>
    /// <param name="name">The name; null for one that is made from the uid when somebody asks for it.</param>
    public ActorCell(ActorSystem system, Props props, ActorCell? parent, string? name)
        : base(props.Mailbox.Create(), Held | Scheduled)
    {
        System = system;
        _props = props;
        ParentCell = parent;
        GivenName = name;
        Uid = system.NextUid();
        _dispatcher = props.DispatcherName is null ? system.DefaultDispatcher : system.DispatcherFor(props.DispatcherName, this);
        _context = this;
        system.Metrics.CellAdded();
    }

    public ActorSystem System { get; }

    public long Uid { get; }

    public string? GivenName { get; }

    /// <summary>Gets the path, made when first asked for: most actors are never named in a log.</summary>
    public ActorPath Path => Volatile.Read(ref _path) ?? MakePath();

    public ActorCell? ParentCell { get; }

    public int MailboxCapacity => _mailbox.Capacity;

    public int StashCapacity => _props.StashCapacity;

    /// <summary>Gets a value indicating whether its turns may be followed by those of others.</summary>
    public bool IsOnPool => ReferenceEquals(_dispatcher, PoolDispatcher.Instance);

    public bool IsTerminated => (Volatile.Read(ref _status) & Closed) != 0;

    /// <summary>Queues the first turn, which makes the actor. To be called once, after the constructor.</summary>
    public void Start() => _dispatcher.Schedule(this, preferLocal: true);

    public void Tell(object message, IActorRef? sender = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        var envelope = new Envelope(message, sender);
        if (IsTerminated)
        {
            System.DeadLetter(envelope, this, DeadLetterReason.Stopped);
            return;
        }

        if (!_mailbox.TryEnqueue(envelope, out var lost))
            OnNotTaken(envelope);
        else if (!lost.IsNone)
            System.DeadLetter(lost, this, DeadLetterReason.MailboxFull);
        Schedule(preferLocal: true);
    }

    /// <summary>Puts a message of the cell to itself at the tail, also of a full mailbox.</summary>
    public void TellSelf(object message)
    {
        _mailbox.ForceEnqueue(new Envelope(message, this));
        Schedule(preferLocal: true);
    }

    /// <summary>Takes a message from outside as soon as there is room.</summary>
    public async ValueTask OfferAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var room = _mailbox.WaitForRoom();
            if (IsTerminated)
            {
                System.DeadLetter(envelope, this, DeadLetterReason.Stopped);
                throw new TargetTerminatedException(this);
            }

            if (_mailbox.TryEnqueue(envelope, out var lost))
            {
                if (!lost.IsNone)
                    System.DeadLetter(lost, this, DeadLetterReason.MailboxFull);
                Schedule(preferLocal: true);
                return;
            }

            await room.WaitAsync(cancellationToken);
        }
    }

    public void SendSystem(SystemMessage message)
    {
        SystemMessage? top;
        do
        {
            top = Volatile.Read(ref _systemStack);
            message.Next = top;
        }
        while (Interlocked.CompareExchange(ref _systemStack, message, top) != top);

        ScheduleForSystem();
    }

    /// <summary>Path and uid belong to one cell for ever, so within a process two cells are two actors.</summary>
    public bool Equals(IActorRef? other) => ReferenceEquals(this, other) || (other is not null and not ActorCell && Path.Equals(other.Path));

    public override bool Equals(object? obj) => Equals(obj as IActorRef);

    public override int GetHashCode() => Uid.GetHashCode();

    public override string ToString() => Path.ToString();

    protected override ActorCell Owner => this;

    private bool HasWork()
    {
        if (Volatile.Read(ref _systemStack) is not null)
            return true;
        var status = Volatile.Read(ref _status);
        return TakesUserMessages(status) ? !_mailbox.IsEmpty || _rare?.Stash is { HasFront: true } : (status & Closed) != 0 && !_mailbox.IsEmpty;
    }

    private static bool TakesUserMessages(int status) => (status & ~Scheduled) == 0;

    private void Schedule(bool preferLocal)
    {
        // Not while user messages wait for something: who ends that looks into the mailbox after it has changed the status.
        var status = Volatile.Read(ref _status);
        if ((status & Scheduled) == 0 && (TakesUserMessages(status) || (status & Closed) != 0 || Volatile.Read(ref _systemStack) is not null))
            TrySchedule(preferLocal);
    }

    private void ScheduleForSystem()
    {
        if ((Volatile.Read(ref _status) & Scheduled) == 0)
            TrySchedule(preferLocal: true);
    }

    private void TrySchedule(bool preferLocal)
    {
        if ((Interlocked.Or(ref _status, Scheduled) & Scheduled) == 0)
            _dispatcher.Schedule(this, preferLocal);
    }

    private ActorPath MakePath()
    {
        var path = new ActorPath(ParentCell?.Path, GivenName ?? ActorPath.NameFrom(Uid), Uid);
        return Interlocked.CompareExchange(ref _path, path, null) ?? path;
    }

    private void OnNotTaken(Envelope envelope)
    {
        if (envelope.Message is ControlMessage)
        {
            _mailbox.ForceEnqueue(envelope); // A full mailbox must not save an actor from its end.
            return;
        }

        System.DeadLetter(envelope, this, DeadLetterReason.MailboxFull);
        if (_mailbox.FailsOnOverflow && Volatile.Read(ref _status) < SuspendUnit)
            SendSystem(new OverflowFailure(new MailboxOverflowException(this, _mailbox.Capacity)));
    }
}
