using Microsoft.Extensions.Logging;

namespace OpenCode.Actors.Streams.Subscribers;

/// <content>The end of a stream: clean, or by a reset, said once to the client, its parent and the log.</content>
internal sealed partial class SubscriberActor
{
    private void EndCleanly()
    {
        _state = State.Ending;
        _movedAt = Context.Time.GetTimestamp();
        Arm(_movedAt, options.WriteTimeout);
        try
        {
            Context.PipeTo(request.Writer.EndAsync(), static () => Written.Instance, static cause => new WriteFailed(cause));
        }
        catch (Exception cause)
        {
            EndByFailure(cause);
        }
    }

    private void EndByFailure(Exception cause) => EndBy(cause is OperationCanceledException
        ? new StreamEnd(StreamEndReason.Disconnected, "The client went away during a write.")
        : new StreamEnd(StreamEndReason.Failed, cause.Message));

    private void EndBy(StreamEnd end)
    {
        Finish(end, clean: false);
        Context.Stop(Self);
    }

    private void Finish(StreamEnd end, bool clean)
    {
        if (_end is not null)
            return;

        _end = end;
        _state = State.Ended;
        if (!clean)
            request.Writer.Reset(end);
        Context.Parent.Tell(new SubscribersActor.Ended(Self, end), Self);
        metrics.StreamEnded(end.ReasonName);
        var at = _reader?.Cursor ?? 0;
        LogEnded(logger, Self.Path, request.Kind, end.ReasonName, at, log.Ring.End - at, end.Detail);
        request.End(end);
    }

    [LoggerMessage(EventId = 2002, Level = LogLevel.Information, Message = "Stream {Stream} ({Kind}) ended, {Reason}, at {Offset}, {Behind} behind the tail: {Detail}")]
    private static partial void LogEnded(ILogger logger, ActorPath stream, StreamKind kind, string reason, long offset, long behind, string detail);
}
