using Microsoft.Extensions.Logging;

namespace OpenCode.Actors.Journal.Batches;

/// <content>What is logged.</content>
public sealed partial class BatchJournal
{
    [LoggerMessage(EventId = 3020, Level = LogLevel.Information,
        Message = "Opened the journal: timeline {Timeline}, generation {Generation}, entries {Floor} (exclusive) to {Head}.")]
    private static partial void LogOpened(ILogger logger, string timeline, long generation, long floor, long head);

    [LoggerMessage(EventId = 3021, Message = "No answer to batch {Number}, which may be committed; it is sent again under the same number. {Reason}")]
    private static partial void LogAppendUndecided(ILogger logger, LogLevel level, long number, string reason);

    [LoggerMessage(EventId = 3022, Message = "Batch {Number} was not written, and is sent again. {Reason}")]
    private static partial void LogAppendBusy(ILogger logger, LogLevel level, long number, string reason);

    [LoggerMessage(EventId = 3023, Level = LogLevel.Error, Message = "The store has no room: appends are refused, with a new try once a second.")]
    private static partial void LogFull(ILogger logger, Exception cause);

    [LoggerMessage(EventId = 3024, Message = "The log cannot be read at the moment; it is tried again, and streams wait. {Reason}")]
    private static partial void LogTailAway(ILogger logger, LogLevel level, string reason);

    [LoggerMessage(EventId = 3025, Level = LogLevel.Critical, Message = "The journal is dead. The process has to end; the next start reads what is there.")]
    private static partial void LogFailed(ILogger logger, Exception cause);

    [LoggerMessage(EventId = 3026, Level = LogLevel.Warning, Message = "Retention failed, and is tried again in a while. The log grows until then.")]
    private static partial void LogTrimFailed(ILogger logger, Exception cause);

    [LoggerMessage(EventId = 3027, Level = LogLevel.Error,
        Message = "The new life of the store could not be noted. Before nodes start again: make sure that the generation has grown, or cursors may be resumed wrongly.")]
    private static partial void LogGenerationFailed(ILogger logger, Exception cause);

    [LoggerMessage(EventId = 3028, Level = LogLevel.Information,
        Message = "The store is in generation {Found}; generation {Known} is kept up to {Least}, so all that is here is part of it, and this process goes on.")]
    private static partial void LogAdopted(ILogger logger, long found, long least, long known);

    [LoggerMessage(EventId = 3029, Level = LogLevel.Warning,
        Message = "A client has a cursor of generation {Generation} at {Offset}, but the head is {Head}: the store was taken back to an older state, or the cursor is made up. A new generation begins.")]
    private static partial void LogRestored(ILogger logger, long generation, long offset, long head);
}
