using Microsoft.Extensions.Logging;

namespace OpenCode.Actors.Clustering.Members;

internal sealed partial class MemberActor
{
    [LoggerMessage(EventId = 4010, Level = LogLevel.Information, Message = "This node is a member of the cluster: {Name}, incarnation {Incarnation}.")]
    private static partial void LogJoined(ILogger logger, string name, long incarnation);

    [LoggerMessage(EventId = 4011, Level = LogLevel.Warning, Message = "This node could not join the cluster. It is tried again.")]
    private static partial void LogJoinFailed(ILogger logger, Exception cause);

    [LoggerMessage(EventId = 4012, Level = LogLevel.Error, Message = "This node may not join the cluster.")]
    private static partial void LogRefused(ILogger logger, Exception refusal);

    [LoggerMessage(EventId = 4013, Level = LogLevel.Warning, Message = "The lease could not be renewed. It is tried again.")]
    private static partial void LogRenewFailed(ILogger logger, Exception cause);

    [LoggerMessage(EventId = 4014, Level = LogLevel.Warning, Message = "No renewal of the lease was answered for {DeadlineMs} ms: this node is suspended until one is.")]
    private static partial void LogSuspended(ILogger logger, int deadlineMs);

    [LoggerMessage(EventId = 4015, Level = LogLevel.Information, Message = "The lease is renewed, nothing was lost: this node goes on.")]
    private static partial void LogResumed(ILogger logger);

    [LoggerMessage(EventId = 4016, Level = LogLevel.Warning, Message = "{Name} (incarnation {Incarnation}) was declared dead: its shards stop here, and it joins again with a new incarnation.")]
    private static partial void LogDeclaredDead(ILogger logger, string name, long incarnation);

    [LoggerMessage(EventId = 4017, Level = LogLevel.Information, Message = "All shards of the lost incarnation have stopped here.")]
    private static partial void LogAbandoned(ILogger logger);

    [LoggerMessage(EventId = 4018, Level = LogLevel.Warning, Message = "The database could not be told that this node leaves; the others will notice by themselves.")]
    private static partial void LogLeaveFailed(ILogger logger, Exception cause);

    [LoggerMessage(EventId = 4019, Level = LogLevel.Information, Message = "This node has left the cluster.")]
    private static partial void LogLeft(ILogger logger);
}
