using OpenCode.Actors.Journaling;

namespace OpenCode.Actors.Clustering.Placing;

/// <content>Gives everything away: idle shards first and in portions, busy ones when their turns have ended or the window is over (RULES G2).</content>
internal sealed partial class ShardsActor
{
    // A portion at a time: each shard is out for as long as its portion takes to close and to open elsewhere, the others still run here.
    private const int Portion = 2;

    // For those who get it: sessions are read, and commands that waited are carried out, before the next is out. About as long as giving takes.
    private static readonly TimeSpan _betweenPortions = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan _askBusyEvery = TimeSpan.FromMilliseconds(100);

    private readonly List<IActorRef> _drainers = [];
    private long? _drainUntil;

    private void OnDrain()
    {
        _drainers.Add(Sender);
        _drainUntil ??= setup.Time.GetTimestamp() + Ticks(setup.Options.Drain);
        _notBefore = 0;
        if (_self is null)
            EndDrain();
        else
            setup.State.LookAgain();
    }

    private void DrainFurther(Member self, IReadOnlyList<ShardRow> shards, long now)
    {
        if (_open.Count == 0 && (!shards.Any(self.Owns) || Receivers().Count == 0))
            EndDrain();
        else if (now >= _drainUntil)
            DrainIdle(new HashSet<int>());
        else
            AskBusy();
    }

    /// <summary>What this node owns without having opened it has nothing to close, and goes with the idle ones.</summary>
    private void DrainIdle(IReadOnlySet<int> busy)
    {
        var self = _self!;
        var receivers = LeastLoaded.Receivers(Receivers(), _known.Rows, Portion);
        List<Fence> idle =
        [
            .. _known.Rows.Where(row => self.Owns(row) && (_open.ContainsKey(row.Shard) ? !busy.Contains(row.Shard) : receivers.Count > 0))
                .Select(static row => new Fence(row.Shard, row.Token)),
        ];
        if (idle.Count == 0)
            Context.Timers.StartSingle("go-on", GoOn.Instance, _askBusyEvery);
        else if (receivers.Count > 0)
            HandOver([.. idle.Zip(receivers, static (fence, target) => new Handover(fence, target))]);
        else
            CloseLast([.. idle.Select(static fence => fence.Shard)]);
    }

    /// <summary>Nobody is there to take them: they end here as well as they can, and wait in the database for the next node.</summary>
    private void CloseLast(List<int> shards)
    {
        Forget(shards);
        Begin("closing shards", cancellationToken => setup.Host.CloseAsync(shards, abandon: false, cancellationToken), static (operation, _) => new Closed(operation));
    }

    /// <summary>Whoever is late with its beat gets something only if there is nobody else.</summary>
    private List<Member> Receivers()
    {
        List<Member> awake = [.. _look!.Awake.Where(member => !member.Is(_self))];
        return awake.Count > 0
            ? awake
            : [.. _look.Look.Members.Select(static seen => seen.Member).Where(member => member.Status == MemberStatus.Up && !member.Is(_self))];
    }

    private void EndDrain()
    {
        foreach (var drainer in _drainers)
            drainer.Tell(ClusterActor.Drained.Instance);
        _drainers.Clear();
    }
}
