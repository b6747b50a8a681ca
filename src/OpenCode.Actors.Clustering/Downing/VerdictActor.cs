using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Clustering.Members;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Sessions.Readiness;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace OpenCode.Actors.Clustering.Downing;

/// <summary>Asks the arbiter about members that are unreachable or do not reach the database, and removes the dead ones (rule "The database decides who is dead").</summary>
/// <remarks>
/// Akka's view and the rows only ask the question. A member whose port refuses connections is asked about at once; one that is unreachable after 0.5 s, and by the smaller side of a
/// cut 1 s later, so that the larger side wins; one whose row is stale as soon as that is seen. No answer of the arbiter is no verdict: the question is asked again.
/// </remarks>
internal sealed partial class VerdictActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _probeLimit = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _smallerSideWaits = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _askAgain = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _answerLimit = TimeSpan.FromSeconds(2);

    private readonly IPeers _peers;
    private readonly VerdictSetup _setup;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopped = new();
    private readonly Dictionary<UniqueAddress, long> _silentSince = [];
    private readonly Dictionary<UniqueAddress, long> _askedAt = [];
    private readonly Dictionary<UniqueAddress, long> _rowMissingIn = [];
    private readonly HashSet<UniqueAddress> _asking = [];
    private readonly HashSet<UniqueAddress> _removed = [];
    private readonly HashSet<UniqueAddress> _undecided = [];
    private IDisposable? _changes;

    public VerdictActor(IPeers peers, VerdictSetup setup)
    {
        (_peers, _setup, _logger) = (peers, setup, setup.Loggers.CreateLogger<VerdictActor>());

        Receive<DisassociatedEvent>(e => Probe(e.RemoteAddress));
        Receive<AssociationErrorEvent>(e => Probe(e.RemoteAddress));
        Receive<ThisActorSystemQuarantinedEvent>(OnQuarantined);
        Receive<Probed>(OnProbed);
        Receive<Tick>(_ => OnTick());
        Receive<Decided>(OnDecided);
        Receive<Undecided>(OnUndecided);
        Receive<AnswersAgain>(_ => OnAnswersAgain());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private sealed record Tick;

    /// <summary>The database answers again.</summary>
    private sealed record AnswersAgain : IDeadLetterSuppression;

    private sealed record Probed(Address Address, PortAnswer Answer) : IDeadLetterSuppression;

    private sealed record Decided(UniqueAddress Node, Verdict Verdict, bool HasLeft) : IDeadLetterSuppression;

    private sealed record Undecided(UniqueAddress Node, Exception Cause) : IDeadLetterSuppression;

    public static Props PropsFor(IPeers peers, VerdictSetup setup) => Props.Create(() => new VerdictActor(peers, setup));

    protected override void PreStart()
    {
        var self = Self;
        _changes = _setup.Standing.Availability.Changed.Add(state =>
        {
            if (state == NodeState.Ready)
                self.Tell(new AnswersAgain());
        });
        var events = Context.System.EventStream;
        events.Subscribe(Self, typeof(DisassociatedEvent));
        events.Subscribe(Self, typeof(AssociationErrorEvent));
        events.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
        Timers.StartPeriodicTimer(nameof(Tick), new Tick(), _tick);
    }

    protected override void PostStop()
    {
        _changes?.Dispose();
        Context.System.EventStream.Unsubscribe(Self);
        _stopped.Cancel();
        _stopped.Dispose();
    }

    private void Probe(Address address)
    {
        if (_peers.Others.Any(peer => peer.Node.Address == address))
            ProbeAsync(address).PipeTo(Self, success: answer => new Probed(address, answer), failure: _ => new Probed(address, PortAnswer.Silent));
    }

    private async Task<PortAnswer> ProbeAsync(Address address) => await _setup.Probe.AskAsync(address, _probeLimit, _stopped.Token);

    private void OnProbed(Probed message)
    {
        if (message.Answer != PortAnswer.Refuses)
            return;

        foreach (var peer in _peers.Others)
        {
            if (peer.Node.Address == message.Address)
                Ask(peer.Node);
        }
    }

    // A peer says that this node is dead. Only the arbiter knows.
    private void OnQuarantined(ThisActorSystemQuarantinedEvent message)
    {
        LogQuarantined(_logger, message.RemoteAddress);
        _setup.Standing.WantLook();
    }

    private void OnTick()
    {
        var others = _peers.Others;
        var stale = _setup.Standing.Now.StaleRows;
        Forget(others, stale);
        RemoveThoseWithoutRow(others);
        foreach (var row in stale)
            Ask(NodeOf(row), stale: row);

        var silent = others.Where(static peer => !peer.IsReachable).ToList();
        var reached = others.Count + 1 - silent.Count;
        var isSmaller = reached < silent.Count || (reached == silent.Count && !_peers.HasFirst);
        var patience = isSmaller ? _patience + _smallerSideWaits : _patience;
        foreach (var peer in silent)
        {
            if (_silentSince.TryAdd(peer.Node, _setup.Time.GetTimestamp()))
                Probe(peer.Node.Address);
            else if (_setup.Time.GetElapsedTime(_silentSince[peer.Node]) >= patience)
                Ask(peer.Node);
        }
    }

    private void Forget(IReadOnlyList<Peer> others, IReadOnlyList<NodeRow> stale)
    {
        var there = others.Select(static peer => peer.Node).Concat(stale.Select(NodeOf)).ToHashSet();
        foreach (var node in _silentSince.Keys.Where(node => !others.Any(peer => peer.Node == node && !peer.IsReachable)).ToList())
            _silentSince.Remove(node);
        foreach (var node in _askedAt.Keys.Where(node => !there.Contains(node)).ToList())
            _askedAt.Remove(node);
        foreach (var node in _rowMissingIn.Keys.Where(node => !there.Contains(node)).ToList())
            _rowMissingIn.Remove(node);
        _removed.IntersectWith(there);
    }

    // Declared dead by another node. Two looks, since the first one may have begun before the member was admitted.
    private void RemoveThoseWithoutRow(IReadOnlyList<Peer> others)
    {
        var standing = _setup.Standing.Now;
        if (standing.State != NodeState.Ready || standing.Look is not { } look)
            return;

        foreach (var peer in others)
        {
            if (!peer.IsUp || RowOf(look, peer.Node) is not null)
                _rowMissingIn.Remove(peer.Node);
            else if (!_rowMissingIn.TryAdd(peer.Node, standing.LookNumber) && standing.LookNumber > _rowMissingIn[peer.Node])
                Remove(peer.Node);
        }
    }

    private void Ask(UniqueAddress node, NodeRow? stale = null)
    {
        if (_setup.Standing.Availability.Now is { IsOver: true } or { State: NodeState.Joining } || _removed.Contains(node))
            return;
        if (_askedAt.TryGetValue(node, out var at) && _setup.Time.GetElapsedTime(at) < _askAgain)
            return;
        if (!_asking.Add(node))
            return;

        _askedAt[node] = _setup.Time.GetTimestamp();
        if (stale is not null)
            LogStale(_logger, node.Address, RowWatch.Patience);
        var isLeaving = _peers.Others.Any(peer => peer.Node == node && peer.IsLeaving);
        AskAsync(node, stale, isLeaving).PipeTo(Self, success: answer => new Decided(node, answer.Verdict, answer.HasLeft), failure: cause => new Undecided(node, cause));
    }

    private async Task<(Verdict Verdict, bool HasLeft)> AskAsync(UniqueAddress node, NodeRow? stale, bool isLeaving)
    {
        using var deadline = new CancellationTokenSource(_answerLimit, _setup.Time);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stopped.Token);

        if (stale is not null)
            return (await _setup.Arbiter.DeclareStaleAsync(stale, given.Token), false);

        // Rows go by name, of which Akka knows nothing. The last look may be too old to have it, or to know that a node which is on its way out has left.
        var row = !isLeaving && _setup.Standing.Now.Look is { } seen ? RowOf(seen, node) : null;
        if (row is null)
        {
            var look = await _setup.Arbiter.LookAsync(_setup.Position(), given.Token);
            if (look.Mine == NodeStatus.Dead)
                return (Verdict.ThisIsDead, false);
            row = RowOf(look, node);
        }

        return row is null
            ? (Verdict.OtherIsDead, isLeaving)
            : (await _setup.Arbiter.DeclareDeadAsync(row.Description.Identity, given.Token), false);
    }

    private static NodeRow? RowOf(NodeLook look, UniqueAddress node) =>
        look.Living.FirstOrDefault(row => row.Description.Identity.Uid == node.Uid && row.Description.Identity.Address == node.Address.ToString());

    private static UniqueAddress NodeOf(NodeRow row) => new(Address.Parse(row.Description.Identity.Address), (int)row.Description.Identity.Uid);

    private void OnDecided(Decided message)
    {
        _asking.Remove(message.Node);
        _undecided.Remove(message.Node);
        switch (message.Verdict)
        {
            case Verdict.OtherIsDead:
                Remove(message.Node, message.HasLeft);
                break;
            case Verdict.ThisIsDead:
                _setup.Standing.Die("Another node declared this one dead while this one was about to do the same.");
                break;
            default:
                break; // This node is not up yet, or the other one reached the database meanwhile: asked again while there is a reason.
        }
    }

    private void OnUndecided(Undecided message)
    {
        _asking.Remove(message.Node);
        if (message.Cause is DeclaredDeadException)
            _setup.Standing.Die(message.Cause.Message);
        else if (!_stopped.IsCancellationRequested && _undecided.Add(message.Node))
            LogNoVerdict(_logger, message.Cause, message.Node.Address);
    }

    // A node that died during the outage has had its time: ask about it at once.
    private void OnAnswersAgain()
    {
        _askedAt.Clear();
        OnTick();
    }

    private void Remove(UniqueAddress node, bool hasLeft = false)
    {
        // A row without a member is dead by now; a new life at the same address is another member.
        if (!_peers.Others.Any(peer => peer.Node == node) || !_removed.Add(node))
            return;

        _peers.Remove(node);
        if (hasLeft)
        {
            LogLeft(_logger, node.Address, node.Uid);
            return;
        }

        LogRemoved(_logger, node.Address, node.Uid);
        _setup.Metrics.NodeRemoved();
    }

    [LoggerMessage(EventId = 7020, Level = LogLevel.Warning, Message = "Node {Address} (uid {Uid}) is dead; its sessions are taken over.")]
    private static partial void LogRemoved(ILogger logger, Address address, int uid);

    [LoggerMessage(EventId = 7024, Level = LogLevel.Information, Message = "Node {Address} (uid {Uid}) has left the cluster, or was declared dead while it left, and is no member any more.")]
    private static partial void LogLeft(ILogger logger, Address address, int uid);

    [LoggerMessage(EventId = 7023, Level = LogLevel.Warning, Message = "Node {Address} has not reached the database for {Patience}, which this node reaches; the database is asked whether it is dead.")]
    private static partial void LogStale(ILogger logger, Address address, TimeSpan patience);

    [LoggerMessage(EventId = 7021, Level = LogLevel.Warning, Message = "Node {Address} is not heard, and the database did not say whether it is dead. It stays a member; the question is asked again until there is an answer.")]
    private static partial void LogNoVerdict(ILogger logger, Exception cause, Address address);

    [LoggerMessage(EventId = 7022, Level = LogLevel.Warning, Message = "Node {Address} takes this node for dead; the database is asked.")]
    private static partial void LogQuarantined(ILogger logger, Address address);
}
