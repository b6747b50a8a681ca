using Microsoft.Extensions.Logging;

namespace OpenCode.Actors.Journal.Files;

/// <content>What is logged.</content>
public sealed partial class FileJournal
{
    [LoggerMessage(EventId = 3000, Level = LogLevel.Information,
        Message = "Opened the journal in {Folder}: timeline {Timeline}, generation {Generation}, entries {Floor} (exclusive) to {Head}, recovered in {Milliseconds:0} ms.")]
    private static partial void LogOpened(ILogger logger, string folder, string timeline, long generation, long floor, long head, double milliseconds);

    [LoggerMessage(EventId = 3001, Level = LogLevel.Warning,
        Message = "Cut an un-synced tail off {File} at byte {Position}: {Bytes} bytes, nothing of it was acknowledged as durable ({Reason}).")]
    private static partial void LogTailCut(ILogger logger, string file, long position, long bytes, string reason);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Debug, Message = "Begun segment {File}.")]
    private static partial void LogSegmentBegun(ILogger logger, string file);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Error, Message = "The disk of {Folder} is full ({FreeBytes} bytes free): appends are refused, with a new try once a second.")]
    private static partial void LogDiskFull(ILogger logger, string folder, long freeBytes);

    [LoggerMessage(EventId = 3004, Level = LogLevel.Critical, Message = "The journal is dead. The process has to end; the next start reads what is on disk.")]
    private static partial void LogFailed(ILogger logger, Exception cause);

    [LoggerMessage(EventId = 3005, Level = LogLevel.Debug, Message = "Retention took {File}: entries up to {Floor} are gone.")]
    private static partial void LogTrimmed(ILogger logger, string file, long floor);

    [LoggerMessage(EventId = 3006, Level = LogLevel.Information, Message = "Retention waits: {File} has a row of an open turn. It is looked at again in a while.")]
    private static partial void LogTrimHeld(ILogger logger, string file);

    [LoggerMessage(EventId = 3007, Level = LogLevel.Warning, Message = "Retention failed, and is tried again in a while. The log grows until then.")]
    private static partial void LogTrimFailed(ILogger logger, Exception cause);

    [LoggerMessage(EventId = 3008, Level = LogLevel.Warning, Message = "Closing the log failed. What was acknowledged as durable is safe; volatile events of the last moments may be lost.")]
    private static partial void LogCloseFailed(ILogger logger, Exception cause);
}
