using Akka.Actor;
using Akka.Streams;
using Microsoft.Extensions.Logging;

namespace OpenCode.Actors.Streams.Clients;

/// <summary>One connection, as its actor, the two stages of its stream and the hub share it. It reaches the stages as an attribute of their materialization.</summary>
/// <remarks>The hub keeps it until the actor is gone, so the request ends whatever ends the actor or the stream.</remarks>
internal sealed partial class SseConnection(StreamRequest request, SseClientSetup setup) : Attributes.IAttribute
{
    private Action<object>? _stream;
    private StreamEnd? _end;

    public StreamRequest Request { get; } = request;

    public StreamProgress Progress { get; } = new(setup.Time);

    /// <summary>Gets the client's actor.</summary>
    public IActorRef Client { get; private set; } = ActorRefs.Nobody;

    /// <summary>Gets a token that is cancelled when the client's actor stops.</summary>
    public CancellationToken Stopping { get; private set; }

    /// <summary>Gets or sets a failure of ours: of the actor, of the stream, or of a writer that must not throw.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Gets how the stream ended; null while it goes on.</summary>
    public StreamEnd? End => Volatile.Read(ref _end);

    /// <summary>Names the actor. Before the stream is materialized.</summary>
    public void Own(IActorRef client, CancellationToken stopping)
    {
        Client = client;
        Stopping = stopping;
    }

    /// <summary>Takes the callback of the stream's source. A signal that comes before the stage has started is kept by the callback.</summary>
    public void Connect(Action<object> stream) => Volatile.Write(ref _stream, stream);

    /// <summary>Tells the stream something, from any thread. It does nothing before the stream is materialized, and after the stream's end.</summary>
    public void Signal(object signal) => Volatile.Read(ref _stream)?.Invoke(signal);

    /// <summary>Ends the request. Only the first end reaches the client, the metrics and the log.</summary>
    /// <param name="end">Why.</param>
    /// <param name="isClean">Whether the response was ended already; otherwise it is reset.</param>
    public bool TryEnd(StreamEnd end, bool isClean = false)
    {
        if (Interlocked.CompareExchange(ref _end, end, null) is not null)
            return false;

        if (!isClean)
            Reset(end);
        setup.Metrics.StreamEnded(end.ReasonName);
        var at = Progress.Cursor;
        var level = LevelOf(end);
        LogEnded(
            setup.ClientLogger, level, Fault, Client.Path, Request.Kind, end.ReasonName, at, setup.Log.Ring.End - at, end.Detail);
        Request.End(end);
        return true;
    }

    // Clients leave all the time: only an end that they did not choose is of interest by default.
    private LogLevel LevelOf(StreamEnd end) =>
        Fault is not null ? LogLevel.Error : end.Reason == StreamEndReason.Disconnected ? LogLevel.Debug : LogLevel.Information;

    // A writer that throws here breaks its contract. The request ends all the same.
    private void Reset(StreamEnd end)
    {
        try
        {
            Request.Writer.Reset(end);
        }
        catch (Exception cause)
        {
            Fault ??= cause;
        }
    }

    [LoggerMessage(EventId = 2002, Message = "Stream {Stream} ({Kind}) ended, {Reason}, at {Offset}, {Behind} behind the tail: {Detail}")]
    private static partial void LogEnded(
        ILogger logger, LogLevel level, Exception? fault, ActorPath stream, StreamKind kind, string reason, long offset, long behind, string detail);
}
