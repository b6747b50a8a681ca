using OpenCode.Actors.Server.Cluster;
using OpenCode.Actors.Streams.Subscribers;

namespace OpenCode.Actors.Server.Sse;

/// <summary>RULES D1: waits until the streams of a location have had what an answer is about, on this node and on all others there are.</summary>
internal sealed class FlushBarrier(IRequiredActor<SubscribersActor> subscribers, TimeProvider time, OtherNodes? others = null)
{
    // The barrier answers within 5 s by itself.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(6);

    // Less is no wait for anybody.
    private static readonly TimeSpan _atOnce = TimeSpan.FromMilliseconds(100);

    public async Task WaitAsync(string location, long offset, CancellationToken cancellationToken)
    {
        if (others is null)
        {
            await WaitHereAsync(location, offset, cancellationToken);
            return;
        }

        // A client whose stream was cut, or whose node was lost, comes back at any node: also at one that had nobody to wait for when it was asked.
        var began = time.GetTimestamp();
        await WaitEverywhereAsync(location, offset, others, cancellationToken);
        if (await others.WaitForHomelessAsync(cancellationToken) || time.GetElapsedTime(began) > _atOnce)
            await WaitEverywhereAsync(location, offset, others, cancellationToken);
    }

    /// <summary>Waits for the streams of this node.</summary>
    /// <returns>False when their clients are on their way to another node.</returns>
    public async Task<bool> WaitHereAsync(string location, long offset, CancellationToken cancellationToken)
    {
        try
        {
            return await subscribers.ActorRef.Ask<object>(new SubscribersActor.WaitFlushed(location, offset), _patience, cancellationToken) is SubscribersActor.Flushed;
        }
        catch (Exception e) when (e is AskTimeoutException or TargetTerminatedException or MailboxOverflowException)
        {
            // The answer is right without it; only a client that leaves its stream at once may miss the last events.
            return e is not TargetTerminatedException;
        }
    }

    private Task WaitEverywhereAsync(string location, long offset, OtherNodes nodes, CancellationToken cancellationToken) =>
        Task.WhenAll(WaitHereAsync(location, offset, cancellationToken), nodes.WaitFlushedAsync(location, offset, cancellationToken));
}
