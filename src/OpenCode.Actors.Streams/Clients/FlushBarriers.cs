using Akka.Actor;

namespace OpenCode.Actors.Streams.Clients;

/// <summary>The order barriers that wait for streams, and the clients they wait for that may reconnect (rule "Order barrier"). Belongs to the hub, which alone touches it.</summary>
/// <param name="context">The hub: the parent of the barriers, which watches them.</param>
/// <param name="setup">What the clients share.</param>
internal sealed class FlushBarriers(IActorContext context, SseClientSetup setup)
{
    private readonly Dictionary<IActorRef, string?> _barriers = [];
    private readonly LostStreams _lost = new(setup.Time);

    /// <summary>Begins a wait, or answers it at once where no stream has to be waited for.</summary>
    /// <param name="wait">The wait.</param>
    /// <param name="asker">Gets the answer.</param>
    /// <param name="open">The streams that are open.</param>
    public void Begin(StreamHubActor.WaitFlushed wait, IActorRef asker, IReadOnlyDictionary<IActorRef, SseConnection> open)
    {
        var streams = open.Where(stream => Selects(wait.Location, stream.Value.Request)).ToList();
        var lost = _lost.AwaitedFor(wait.Location);
        if (streams.Count == 0 && lost.Count == 0)
        {
            asker.Tell(new StreamHubActor.Flushed(wait.Location, wait.Offset));
            return;
        }

        var behind = streams.Where(stream => stream.Value.Progress.Cursor < wait.Offset).Select(static stream => stream.Key).ToList();
        var hasFlushed = behind.Count < streams.Count;
        var barrier = context.Watch(context.ActorOf(FlushBarrierActor.PropsFor(wait, asker, setup.LogActor, behind, hasFlushed, lost, setup.Options.HeadStart)));
        _barriers.Add(barrier, wait.Location);
    }

    /// <summary>A barrier has ended. Any other actor is none.</summary>
    public void Remove(IActorRef barrier) => _barriers.Remove(barrier);

    /// <summary>A stream was opened. A client of the whole server never disconnects because a POST completed, so it is no client that came back.</summary>
    public void OnConnected(IActorRef client, StreamRequest request)
    {
        if (request.IsWrapped)
            return;

        _lost.CameBack(request.Location);
        TellSelecting(request, new FlushBarrierActor.CameBack(client));
    }

    /// <summary>A stream ended.</summary>
    /// <param name="client">Its actor.</param>
    /// <param name="connection">The stream.</param>
    /// <param name="isDraining">Whether the server stops: no client reconnects then.</param>
    public void OnEnded(IActorRef client, SseConnection connection, bool isDraining)
    {
        var request = connection.Request;
        var awaitedFor = request.IsWrapped || isDraining ? TimeSpan.Zero : FlushBarrierActor.ComesBackWithin(connection.End!.Reason);
        if (awaitedFor > TimeSpan.Zero)
            _lost.Add(request.Location, awaitedFor);
        TellSelecting(request, new FlushBarrierActor.Lost(client, awaitedFor));
    }

    /// <summary>The server stops: the clients that were lost do not reconnect.</summary>
    public void ForgetLost()
    {
        _lost.Clear();
        foreach (var barrier in _barriers.Keys)
            barrier.Tell(new FlushBarrierActor.NoneComesBack());
    }

    private static bool Selects(string? location, StreamRequest stream) => location is null || stream.IsWrapped || stream.Location == location;

    private void TellSelecting(StreamRequest request, object message)
    {
        foreach (var (barrier, location) in _barriers)
        {
            if (Selects(location, request))
                barrier.Tell(message);
        }
    }
}
