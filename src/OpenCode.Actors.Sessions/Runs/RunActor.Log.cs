using Microsoft.Extensions.Logging;

namespace OpenCode.Actors.Sessions.Runs;

/// <content>Log messages.</content>
internal sealed partial class RunActor
{
    [LoggerMessage(EventId = 6020, Level = LogLevel.Information, Message = "The model failed ({Reason}), try {Attempt}; trying again in {Delay}.")]
    private static partial void LogRetry(ILogger logger, string reason, int attempt, TimeSpan delay);

    [LoggerMessage(EventId = 6021, Level = LogLevel.Warning, Message = "The tool of call {CallId} ended without a result; its part is closed as an error.")]
    private static partial void LogToolGone(ILogger logger, string callId);
}
