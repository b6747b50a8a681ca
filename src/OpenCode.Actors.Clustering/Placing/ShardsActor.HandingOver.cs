using OpenCode.Actors.Journaling;

namespace OpenCode.Actors.Clustering.Placing;

/// <content>Gives shards to other nodes: closed here before the rows name the new owner. What only evens out the numbers interrupts no turn.</content>
internal sealed partial class ShardsActor
{
    private static readonly TimeSpan _moveEvery = TimeSpan.FromSeconds(1);

    private long _nextMove;

    private void AskBusy() =>
        Begin("asking for busy shards", setup.Host.BusyAsync, static (operation, busy) => new BusyKnown(operation, busy));

    private void OnBusyKnown(IReadOnlySet<int> busy)
    {
        if (_drainUntil is not null)
        {
            DrainIdle(busy);
            return;
        }

        _nextMove = setup.Time.GetTimestamp() + Ticks(_moveEvery);
        var (count, target) = Rebalance.Plan(_self!, _look!.Awake, _known.Rows, setup.Options.MovesPerSecond);
        List<Handover> handovers =
        [
            .. _open.Where(open => !busy.Contains(open.Key)).Take(count).Select(open => new Handover(new Fence(open.Key, open.Value), target!)),
        ];
        if (handovers.Count > 0)
            HandOver(handovers);
    }

    private void HandOver(List<Handover> handovers)
    {
        // From here on nothing is routed to them: what comes waits until their new owner has opened them.
        var open = handovers.Select(static handover => handover.Fence.Shard).Where(_open.ContainsKey).ToHashSet();
        Forget(handovers.Select(static handover => handover.Fence.Shard));
        var self = _self!;
        Begin(
            "handing shards over",
            cancellationToken => CloseAndGiveAsync(self, handovers, open, cancellationToken),
            (operation, given) => new HandedOver(operation, given, handovers.Count));
    }

    private async ValueTask<IReadOnlyList<ShardRow>> CloseAndGiveAsync(Member self, List<Handover> handovers, HashSet<int> open, CancellationToken cancellationToken)
    {
        // Of one that was never open here, this node may know less than its owner before.
        var through = await setup.Host.CloseAsync([.. handovers.Select(static handover => handover.Fence.Shard)], abandon: false, cancellationToken);
        handovers = [.. handovers.Select(handover => open.Contains(handover.Fence.Shard) ? handover with { WrittenThrough = through } : handover)];
        var given = await setup.Membership.GiveAsync(self, handovers, cancellationToken);
        return [.. handovers.Where(handover => given.Contains(handover.Fence.Shard)).Select(static handover => handover.After)];
    }

    // What was given is known by that: the next portion goes without a look, and requests for this one go to its new owner.
    private void OnHandedOver(HandedOver message)
    {
        setup.Metrics.HandedOver(message.Given.Count);
        LogHandedOver(_logger, message.Given.Count, message.Asked);
        _known.Take(message.Given);
        setup.State.Learn(message.Given);
        if (message.Given.Count < message.Asked)
        {
            _freshFrom = setup.Time.GetTimestamp();
            setup.State.LookAgain();
        }

        if (_drainUntil is not null)
        {
            _notBefore = setup.Time.GetTimestamp() + Ticks(_betweenPortions);
            Context.Timers.StartSingle("go-on", GoOn.Instance, _betweenPortions);
        }

        Decide();
    }
}
