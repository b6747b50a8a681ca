using Microsoft.Extensions.Logging;

namespace OpenCode.Actors.Clustering.Placing;

internal sealed partial class ShardsActor
{
    [LoggerMessage(EventId = 4020, Level = LogLevel.Information, Message = "{Count} shards have come to this node; it has {Total}.")]
    private static partial void LogOpened(ILogger logger, int count, int total);

    [LoggerMessage(EventId = 4021, Level = LogLevel.Information, Message = "{Count} of {Asked} shards were given to other nodes.")]
    private static partial void LogHandedOver(ILogger logger, int count, int asked);

    [LoggerMessage(EventId = 4022, Level = LogLevel.Warning, Message = "The shards {Shards} have another owner although this node was not declared dead; they stop here.")]
    private static partial void LogLost(ILogger logger, string shards);

    [LoggerMessage(EventId = 4024, Level = LogLevel.Error, Message = "What ran the {Count} shards of this node has failed and begun anew; they are opened to it again.")]
    private static partial void LogOpenAgain(ILogger logger, int count);

    [LoggerMessage(EventId = 4023, Level = LogLevel.Warning, Message = "Failed at {What}. It is tried again.")]
    private static partial void LogOperationFailed(ILogger logger, string what, Exception cause);
}
