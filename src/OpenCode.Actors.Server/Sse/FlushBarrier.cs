using OpenCode.Actors.Server.Cluster;
using OpenCode.Actors.Streams.Subscribers;

namespace OpenCode.Actors.Server.Sse;

/// <summary>RULES D1: waits until the streams of a location have had what an answer is about, on this node and on all others there are.</summary>
internal sealed class FlushBarrier(IRequiredActor<SubscribersActor> subscribers, OtherNodes? others = null)
{
    // The barrier answers within 5 s by itself.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    public Task WaitAsync(string location, long offset, CancellationToken cancellationToken) => others is null
        ? WaitHereAsync(location, offset, cancellationToken)
        : Task.WhenAll(WaitHereAsync(location, offset, cancellationToken), others.WaitFlushedAsync(location, offset, cancellationToken));

    public async Task WaitHereAsync(string location, long offset, CancellationToken cancellationToken)
    {
        try
        {
            await subscribers.ActorRef.Ask<SubscribersActor.Flushed>(new SubscribersActor.WaitFlushed(location, offset), Patience, cancellationToken);
        }
        catch (Exception e) when (e is AskTimeoutException or TargetTerminatedException or MailboxOverflowException)
        {
            // The answer is right without it; only a client that leaves its stream at once may miss the last events.
        }
    }
}
