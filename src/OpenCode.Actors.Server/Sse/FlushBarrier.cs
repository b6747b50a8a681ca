using OpenCode.Actors.Streams.Subscribers;

namespace OpenCode.Actors.Server.Sse;

/// <summary>RULES D1: waits until the streams of a location have had what an answer is about.</summary>
internal sealed class FlushBarrier(IRequiredActor<SubscribersActor> subscribers)
{
    // The barrier answers within 5 s by itself.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(6);

    /// <summary>Waits until they have flushed it, or are not worth waiting for.</summary>
    public async Task WaitAsync(string location, long offset, CancellationToken cancellationToken)
    {
        try
        {
            await subscribers.ActorRef.Ask<object>(new SubscribersActor.WaitFlushed(location, offset), _patience, cancellationToken);
        }
        catch (Exception e) when (e is AskTimeoutException or TargetTerminatedException or MailboxOverflowException)
        {
            // The answer is right without it; only a client that leaves its stream at once may miss the last events.
        }
    }
}
