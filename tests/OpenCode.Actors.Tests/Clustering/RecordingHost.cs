using OpenCode.Actors.Clustering;
using OpenCode.Actors.Journaling;

namespace OpenCode.Actors.Tests.Clustering;

/// <summary>A host that does at once what it is told, and checks that it may be told so.</summary>
internal sealed class RecordingHost(TestNode node) : IShardHost
{
    private readonly SortedDictionary<int, long> _open = [];

    public Task Failed { get; } = new TaskCompletionSource().Task;

    public IReadOnlyDictionary<int, long> Open => _open;

    public HashSet<int> Busy { get; } = [];

    /// <summary>Shards closed with their turns written to an end, and shards that were lost.</summary>
    public List<int> Closed { get; } = [];

    public List<int> Abandoned { get; } = [];

    public bool IsSuspended { get; private set; }

    public int Suspensions { get; private set; }

    /// <summary>How many of the next calls fail.</summary>
    public int Faults { get; set; }

    /// <summary>While it is there, nothing is closed that is not lost.</summary>
    public TaskCompletionSource? HoldClose { get; set; }

    /// <summary>Fails and begins anew: it runs nothing any more.</summary>
    public void Forget()
    {
        _open.Clear();
        node.State.OpenAgain();
    }

    /// <summary>What it says it has written, in all.</summary>
    public long Written { get; set; }

    /// <summary>Of each opened shard: up to where it was told that the log has all of it.</summary>
    public Dictionary<int, long?> ToldThrough { get; } = [];

    public ValueTask OpenAsync(IReadOnlyList<Fence> shards, long? writtenThrough, CancellationToken cancellationToken)
    {
        Fail();
        foreach (var (shard, _) in shards)
            ToldThrough[shard] = writtenThrough;
        foreach (var (shard, token) in shards)
        {
            Assert.True(_open.GetValueOrDefault(shard, token) == token, $"Shard {shard} is open on {node.Name} under token {_open.GetValueOrDefault(shard)}, opened under {token}.");
            _open[shard] = token;
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask<long> CloseAsync(IReadOnlyList<int> shards, bool abandon, CancellationToken cancellationToken)
    {
        Fail();
        Assert.DoesNotContain(shards, shard => node.Cluster.RouteTo(shard) is ShardRoute.Here);
        if (!abandon && HoldClose is { } hold)
            await hold.Task;
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var shard in shards.Where(_open.Remove))
            (abandon ? Abandoned : Closed).Add(shard);
        return Written;
    }

    public ValueTask<IReadOnlySet<int>> BusyAsync(CancellationToken cancellationToken)
    {
        Fail();
        return new(Busy.ToHashSet());
    }

    public void Suspend()
    {
        Assert.False(IsSuspended);
        IsSuspended = true;
        Suspensions++;
    }

    public void Resume()
    {
        Assert.True(IsSuspended);
        IsSuspended = false;
    }

    private void Fail()
    {
        if (Faults <= 0)
            return;
        Faults--;
        throw new InvalidOperationException("The host was told to fail.");
    }
}
