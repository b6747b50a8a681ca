using Microsoft.Extensions.Logging;

namespace OpenCode.Actors.Sessions.Live;

/// <content>Log messages.</content>
internal sealed partial class SessionActor
{
    [LoggerMessage(EventId = 6003, Level = LogLevel.Warning, Message = "{SessionId} gives up what it had not committed and is read again at its next command: {Reason}")]
    private static partial void LogGivenUp(ILogger logger, string sessionId, string reason);

    [LoggerMessage(EventId = 6009, Level = LogLevel.Error, Message = "{SessionId} failed and leaves memory; it is read again at its next command.")]
    private static partial void LogFailed(ILogger logger, Exception cause, string sessionId);

    [LoggerMessage(EventId = 6010, Level = LogLevel.Information, Message = "{SessionId} is handed off to another node.")]
    private static partial void LogHandedOff(ILogger logger, string sessionId);
}
