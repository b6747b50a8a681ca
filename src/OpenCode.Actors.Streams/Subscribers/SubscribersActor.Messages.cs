namespace OpenCode.Actors.Streams.Subscribers;

/// <content>What it is asked, and what it answers.</content>
internal sealed partial class SubscribersActor
{
    /// <summary>Opens a stream. Answered by <see cref="Connected"/>, <see cref="TooManyStreams"/> or <see cref="ShuttingDown"/>.</summary>
    /// <param name="Request">What is wanted, and where it goes.</param>
    public sealed record Connect(StreamRequest Request);

    /// <summary>The stream is open; its first frames may be written already.</summary>
    /// <param name="Subscriber">To be told <see cref="SubscriberActor.Disconnect"/> when the client goes.</param>
    public sealed record Connected(IActorRef Subscriber);

    /// <summary>The limit is reached. The client may come back (RULES D4).</summary>
    /// <param name="Limit">How many streams may be open.</param>
    public sealed record TooManyStreams(int Limit);

    /// <summary>The server stops. The client may come back (RULES D4).</summary>
    public sealed record ShuttingDown
    {
        public static ShuttingDown Instance { get; } = new();
    }

    /// <summary>
    /// Waits until the streams of a location have sent what was committed (RULES D1). Answered by <see cref="Flushed"/>, within 5 s; by <see cref="ShuttingDown"/> when their
    /// clients are on their way to another server.
    /// </summary>
    /// <param name="Location">The location; null for every stream.</param>
    /// <param name="Offset">The last offset they must have sent.</param>
    public sealed record WaitFlushed(string? Location, long Offset);

    /// <summary>All streams of the location that move on have sent what was asked for.</summary>
    /// <param name="Location">The location.</param>
    /// <param name="Offset">The offset.</param>
    public sealed record Flushed(string? Location, long Offset) : IDeadLetterNoise;

    /// <summary>Ends the <c>/event</c> streams of a location cleanly, after they had all up to an offset. Wrapped streams stay open.</summary>
    /// <param name="Location">The location.</param>
    /// <param name="Offset">The offset of <c>server.instance.disposed</c>.</param>
    public sealed record DisposeLocation(string Location, long Offset);

    /// <summary>
    /// Lets nobody in any more, and resets every stream once those that move on had what is committed, within 1 s: the end of the turns that the stop has closed. Answered by
    /// <see cref="Drained"/> when all have ended.
    /// </summary>
    /// <remarks>Spread over <see cref="EventStreamOptions.DrainMs"/>.</remarks>
    public sealed record Drain
    {
        public static Drain Instance { get; } = new();
    }

    /// <summary>Resets every stream there is, so that clients go elsewhere; whoever comes afterwards is let in.</summary>
    /// <param name="Why">For the log.</param>
    public sealed record ResetStreams(string Why);

    /// <summary>No stream is open.</summary>
    public sealed record Drained : IDeadLetterNoise
    {
        public static Drained Instance { get; } = new();
    }

    /// <summary>A subscriber says how its stream ended.</summary>
    /// <param name="Subscriber">Which.</param>
    /// <param name="End">How.</param>
    internal sealed record Ended(IActorRef Subscriber, StreamEnd End) : IDeadLetterNoise;

    private sealed record ResetAll
    {
        public static ResetAll Instance { get; } = new();
    }

    private sealed record ResetMore
    {
        public static ResetMore Instance { get; } = new();
    }

    private sealed record LostStream(string? Location, long AwaitedUntil);
}
