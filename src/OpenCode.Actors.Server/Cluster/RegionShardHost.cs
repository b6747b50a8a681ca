using OpenCode.Actors.Clustering;
using OpenCode.Actors.Journaling;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.Server.Cluster;

/// <summary>Lets the region run what the cluster gives to this node.</summary>
internal sealed class RegionShardHost(IRequiredActor<SessionsKey> region, NodeGate gate, IJournal journal) : IShardHost, IDisposable
{
    // Of the instance of the region that is asked: one that has failed answers nothing any more.
    private volatile CancellationTokenSource _region = new();
    private volatile bool _isSuspended;

    public Task Failed => journal.Died;

    public async ValueTask OpenAsync(IReadOnlyList<Fence> shards, long? writtenThrough, CancellationToken cancellationToken) =>
        await AskAsync<SessionsActor.ShardsOpened>(new SessionsActor.OpenShards(shards, writtenThrough), cancellationToken);

    public async ValueTask<long> CloseAsync(IReadOnlyList<int> shards, bool abandon, CancellationToken cancellationToken) =>
        (await AskAsync<SessionsActor.ShardsClosed>(new SessionsActor.CloseShards(shards, abandon), cancellationToken)).WrittenThrough;

    public async ValueTask<IReadOnlySet<int>> BusyAsync(CancellationToken cancellationToken) =>
        (await AskAsync<SessionsActor.BusyShards>(new SessionsActor.ListBusyShards(), cancellationToken)).Shards;

    /// <summary>The region has begun anew: what it was asked has failed, and it has to be told what holds.</summary>
    public void BeginAnew()
    {
        // Not disposed: somebody may be about to ask with its token.
        Interlocked.Exchange(ref _region, new CancellationTokenSource()).Cancel();
        if (_isSuspended)
            region.ActorRef.Tell(new SessionsActor.Suspend());
    }

    public void Suspend()
    {
        _isSuspended = true;
        gate.Suspend();
        region.ActorRef.Tell(new SessionsActor.Suspend());
    }

    public void Resume()
    {
        _isSuspended = false;
        gate.Resume();
        region.ActorRef.Tell(new SessionsActor.Resume());
    }

    public void Dispose() => _region.Dispose();

    // No deadline: what is under way ends with the shards, and their loss is the caller's to tell.
    private async Task<T> AskAsync<T>(object command, CancellationToken cancellationToken)
    {
        using var never = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _region.Token);
        return await region.ActorRef.Ask<T>(command, Timeout.InfiniteTimeSpan, never.Token);
    }
}
