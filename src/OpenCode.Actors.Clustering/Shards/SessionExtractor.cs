using Akka.Cluster.Sharding;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.Clustering.Shards;

/// <summary>Takes session and command out of <see cref="Deliver"/> for Akka's sharding.</summary>
internal sealed class SessionExtractor : IMessageExtractor
{
    /// <inheritdoc/>
    public string? EntityId(object message) => (message as Deliver)?.SessionId.Value;

    /// <inheritdoc/>
    public object? EntityMessage(object message) => (message as Deliver)?.Command;

    /// <inheritdoc/>
    public string? ShardId(object message) => EntityId(message) is { } session ? ShardId(session) : null;

    /// <inheritdoc/>
    public string ShardId(string entityId, object? messageHint = null) => ShardOf.NameOf(ShardOf.Session(new SessionId(entityId)));
}
