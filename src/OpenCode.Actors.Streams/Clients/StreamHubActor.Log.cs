using Akka.Actor;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace OpenCode.Actors.Streams.Clients;

internal sealed partial class StreamHubActor
{
    [LoggerMessage(EventId = 2004, Level = LogLevel.Warning,
        Message = "A stream was turned away: {Limit} are open. Raise server.limits.streams, or find out which client opens them.")]
    private static partial void LogTooManyStreams(ILogger logger, int limit);

    [LoggerMessage(EventId = 2005, Level = LogLevel.Information, Message = "Resetting {Count} streams: {Reason}")]
    private static partial void LogResetting(ILogger logger, int count, string reason);

    [LoggerMessage(EventId = 2006, Level = LogLevel.Error, Message = "{Actor} has failed and is stopped.")]
    private static partial void LogChildFailed(ILogger logger, Exception cause, ActorPath actor);
}
