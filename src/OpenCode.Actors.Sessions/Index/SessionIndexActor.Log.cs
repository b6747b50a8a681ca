using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace OpenCode.Actors.Sessions.Index;

internal sealed partial class SessionIndexActor
{
    [LoggerMessage(EventId = 6031, Level = LogLevel.Information, Message = "{Sessions} sessions in the journal, {Unfinished} of them with an unfinished turn.")]
    private static partial void LogSurveyed(ILogger logger, int sessions, int unfinished);

    [LoggerMessage(EventId = 6032, Level = LogLevel.Error, Message = "The sessions could not be read from the journal; trying again.")]
    private static partial void LogSurveyFailed(ILogger logger, Exception cause);

    [LoggerMessage(EventId = 6041, Level = LogLevel.Error, Message = "The index of sessions failed; it is read from the journal again.")]
    private static partial void LogRestarting(ILogger logger, Exception cause);
}
