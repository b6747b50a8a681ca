using Akka.Actor;
using Akka.Hosting;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.Server.Sse;

/// <summary>Waits until the streams of a location have sent the events behind an answer (rule "Order barrier").</summary>
internal sealed class FlushBarrier(IRequiredActor<OrderBarrier> barrier, ActorsEnd end)
{
    // The barrier answers within 5 s by itself.
    private static readonly TimeSpan _flushTimeout = TimeSpan.FromSeconds(6);

    /// <summary>Waits until the streams that make progress have flushed everything up to an offset.</summary>
    public async Task WaitAsync(string location, long offset, CancellationToken cancellationToken)
    {
        using var given = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, end.Token);
        try
        {
            await barrier.ActorRef.Ask<object>(new StreamHubActor.WaitFlushed(location, offset), _flushTimeout, given.Token);
        }
        catch (Exception e) when (e is AskTimeoutException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // The answer is right without it; only a client that leaves its stream at once may miss the last events.
        }
    }
}
