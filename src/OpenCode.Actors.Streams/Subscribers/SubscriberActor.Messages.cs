namespace OpenCode.Actors.Streams.Subscribers;

/// <content>What a subscriber is told, and what it may be doing when it hears it.</content>
internal sealed partial class SubscriberActor
{
    /// <summary>There is more to read. Sent by the log's tail to those who wait for it.</summary>
    public sealed record Wake : IDeadLetterNoise
    {
        public static Wake Instance { get; } = new();
    }

    /// <summary>The client has gone.</summary>
    public sealed record Disconnect : IDeadLetterNoise
    {
        public static Disconnect Instance { get; } = new();
    }

    /// <summary>Ends the stream by a reset.</summary>
    /// <param name="End">Why.</param>
    public sealed record Reset(StreamEnd End) : IDeadLetterNoise;

    /// <summary>Ends the stream cleanly once the client had all up to an offset, and nothing after it.</summary>
    /// <param name="Offset">That offset.</param>
    public sealed record EndAfter(long Offset) : IDeadLetterNoise;

    /// <summary>Asks whether the client had all up to an offset. Answered at once by <see cref="FlushReported"/>, and again when it had, if it had not.</summary>
    /// <param name="Offset">An offset that the ring has reached.</param>
    public sealed record ReportFlushed(long Offset) : IDeadLetterNoise;

    /// <summary>How far the client is.</summary>
    /// <param name="Flushed">Whether it had all up to the offset that was asked for.</param>
    /// <param name="Stuck">For how long it has taken nothing although there was something; zero when flushed.</param>
    public sealed record FlushReported(bool Flushed, TimeSpan Stuck) : IDeadLetterNoise;

    private sealed record Written : IDeadLetterNoise
    {
        public static Written Instance { get; } = new();
    }

    private sealed record CaughtUp : IDeadLetterNoise
    {
        public static CaughtUp Instance { get; } = new();
    }

    private sealed record WriteFailed(Exception Cause) : IDeadLetterNoise;

    private sealed record Continue : IDeadLetterNoise
    {
        public static Continue Instance { get; } = new();
    }

    private sealed record Tick : IDeadLetterNoise
    {
        public static Tick Instance { get; } = new();
    }

    private enum State
    {
        /// <summary>Waits to know whether its cursor is beyond the log; nothing was written.</summary>
        CatchingUp,

        /// <summary>In its turn, with something to look for.</summary>
        Reading,

        /// <summary>Has all there is; the tail wakes it.</summary>
        Waiting,

        /// <summary>Behind the ring, waits for a page.</summary>
        AwaitingPage,

        /// <summary>A write is under way.</summary>
        Writing,

        /// <summary>The clean end is under way.</summary>
        Ending,

        /// <summary>Over.</summary>
        Ended,
    }
}
