using Microsoft.Extensions.Logging;

namespace OpenCode.Actors.Sessions.Tools.Bash;

/// <content>Log messages.</content>
internal sealed partial class BashToolActor
{
    [LoggerMessage(EventId = 6500, Level = LogLevel.Debug, Message = "The command of call {CallId} in {SessionId} runs as process group {GroupId}.")]
    private static partial void LogStarted(ILogger logger, string callId, string sessionId, int groupId);

    [LoggerMessage(EventId = 6501, Level = LogLevel.Warning, Message = "The command of call {CallId} was killed and has not gone after {Timeout}; it is not waited for any more.")]
    private static partial void LogNotGone(ILogger logger, string callId, TimeSpan timeout);

    [LoggerMessage(EventId = 6502, Level = LogLevel.Warning, Message = "The command of call {CallId} could not be ended in good order.")]
    private static partial void LogNotEnded(ILogger logger, Exception cause, string callId);
}
