using System.Globalization;
using Akka.Actor;
using Akka.Event;
using OpenCode.Actors.Clustering.Wire;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Readiness;
using OpenCode.Actors.Sessions.Reads;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.Clustering.Entry;

/// <summary>Routes commands to the shard region: names each, and holds it until its session has answered (rule "Named commands"). A single node has its local region in this place.</summary>
/// <remarks>What reaches a shard in hand-off, or a node that has died, is dropped without a word: so a command is sent again under the same name.</remarks>
internal sealed class EntryActor : ReceiveActor
{
    /// <summary>How large a command may be where none can travel as a row, in bytes. A frame of Akka's remoting holds 1 MiB; what is larger is dropped with a line in its log.</summary>
    public const int MaxCommandBytes = 900 * 1024;

    private readonly EntrySetup _setup;
    private readonly Known _known;
    private readonly string _names;
    private readonly Dictionary<IActorRef, long> _held = [];
    private IDisposable? _changes;
    private long _heldBytes;
    private long _count;

    public EntryActor(EntrySetup setup, Known known)
    {
        (_setup, _known) = (setup, known);
        Span<byte> random = stackalloc byte[8];
        setup.Entropy.Fill(random);
        _names = Convert.ToHexStringLower(random);

        Receive<Deliver>(OnDeliver);
        Receive<UseIndex>(m => _known.Index = m.Index);
        Receive<MemberGone>(m => TellAll(new HeldCommandActor.SendNow()));
        Receive<StateChanged>(OnStateChanged);
        Receive<Close>(_ => OnClose());
        Receive<HeldCommandActor.Weighed>(OnWeighed);
        Receive<HeldCommandActor.Answered>(_ => Release(Sender));
        Receive<Terminated>(m => Release(m.ActorRef));
    }

    /// <summary>Names the index, which knows the sessions there are. Commands before it are not asked about.</summary>
    public sealed record UseIndex(IActorRef Index);

    /// <summary>The members have changed: what is held is sent again at once. The sessions of a member that has gone are with other nodes from now on.</summary>
    public sealed record MemberGone;

    /// <summary>The region of this node is empty and takes nothing any more: what is held is refused, and what comes. Answered by <see cref="Closed"/>.</summary>
    public sealed record Close;

    /// <summary>Nothing is held.</summary>
    public sealed record Closed : IDeadLetterSuppression;

    /// <summary>What the entry knows. Outlives its incarnations: a command that was queued before a restart is checked too.</summary>
    public sealed class Known
    {
        public IActorRef? Index { get; set; }

        public bool IsClosed { get; set; }
    }

    private sealed record StateChanged(NodeState State) : IDeadLetterSuppression;

    public static Props PropsFor(EntrySetup setup)
    {
        var known = new Known();
        return Props.Create(() => new EntryActor(setup, known));
    }

    // A held command that fails has answered its sender, and is not restarted.
    protected override SupervisorStrategy SupervisorStrategy() => Akka.Actor.SupervisorStrategy.StoppingStrategy;

    protected override void PreStart()
    {
        var self = Self;
        _changes = _setup.Availability.Changed.Add(state => self.Tell(new StateChanged(state)));
    }

    // Held commands are answered when their actors stop.
    protected override void PreRestart(Exception reason, object message)
    {
        if (message is Deliver)
            Sender.Tell(Refusals.Untouched($"The entry failed: {reason.Message}"));
        base.PreRestart(reason, message);
    }

    protected override void PostStop()
    {
        _changes?.Dispose();
        _setup.Metrics.CommandsHeld(-_held.Count);
    }

    private void OnDeliver(Deliver message)
    {
        // suspend-on-silence: refused before anything is sent.
        if (_known.IsClosed || !_setup.Availability.Now.TakesCommands)
            Sender.Tell(message.Command is Wake ? new Awake(message.SessionId) : Refusals.Untouched(WhyNot()));

        // Queries change nothing and may be lost: their asker has its own timeout.
        else if (message.Command is not ISessionCommand command || IsQuery(command))
            _setup.Region.Forward(message);
        else
            OnCommand(message.SessionId, command as Named ?? new Named(string.Create(CultureInfo.InvariantCulture, $"{_names}-{++_count}"), command));
    }

    private static bool IsQuery(ISessionCommand command) =>
        command is ISessionRead or Wake;

    private void OnCommand(SessionId id, Named named)
    {
        if (MessageKinds.Of(named.Command) is not { } kind)
        {
            Sender.Tell(new CommandFailed($"{named.Command.GetType().Name} does not cross nodes. Add it to {nameof(MessageKinds)}."));
            return;
        }

        if (_held.Count >= _setup.MaxHeldCommands)
            Sender.Tell(Refusals.Untouched(Full()));
        else
            Hold(id, named, kind);
    }

    // unknown-is-404-at-the-entry: any other id would start an actor and claim a shard. A session that is being made is not known yet.
    private void Hold(SessionId id, Named named, MessageKind kind)
    {
        var index = named.Command is Create or CreateFork ? null : _known.Index;
        _held.Add(Context.Watch(Context.ActorOf(HeldCommandActor.PropsFor(id, named, kind, Sender, index, _setup))), 0);
        _setup.Metrics.CommandsHeld(1);
    }

    // Each command is written by its own actor: one of 32 MiB would hold all others up here.
    private void OnWeighed(HeldCommandActor.Weighed message)
    {
        if (_heldBytes + message.Bytes > _setup.MaxHeldBytes)
        {
            Sender.Tell(new HeldCommandActor.NoRoom(Full()));
        }
        else if (_held.ContainsKey(Sender))
        {
            _held[Sender] = message.Bytes;
            _heldBytes += message.Bytes;
            Sender.Tell(new HeldCommandActor.Admitted());
        }
    }

    private string Full() => $"{_held.Count} commands with {_heldBytes} bytes wait for their sessions already.";

    private void Release(IActorRef held)
    {
        if (!_held.Remove(held, out var bytes))
            return;

        _heldBytes -= bytes;
        _setup.Metrics.CommandsHeld(-1);
    }

    // suspend-on-silence: those that wait already are answered too, within the second.
    private void OnStateChanged(StateChanged message)
    {
        if (message.State is NodeState.Suspended or NodeState.Dead)
            TellAll(new HeldCommandActor.GiveUp(WhyNot()));
    }

    private void OnClose()
    {
        _known.IsClosed = true;
        TellAll(new HeldCommandActor.GiveUp(WhyNot()));
        Sender.Tell(new Closed());
    }

    private string WhyNot()
    {
        var now = _setup.Availability.Now;
        return _known.IsClosed || now.TakesCommands ? "The node stops." : now.Reason;
    }

    private void TellAll(object message)
    {
        foreach (var held in _held.Keys)
            held.Tell(message);
    }
}
