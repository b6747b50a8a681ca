using OpenCode.Actors.Journaling;

namespace OpenCode.Actors.Clustering;

/// <summary>Where the commands of a shard go.</summary>
public abstract record ShardRoute
{
    private ShardRoute()
    {
    }

    /// <summary>This node: it owns the shard, has opened it, and its lease is good.</summary>
    /// <param name="Fence">What each append for it carries.</param>
    public sealed record Here(Fence Fence) : ShardRoute;

    /// <summary>Another node.</summary>
    /// <param name="Member">That node.</param>
    /// <param name="Token">The token it owns the shard under.</param>
    public sealed record There(Member Member, long Token) : ShardRoute;

    /// <summary>Nobody at the moment: it is being taken over or handed off, or this node is suspended. Wait for a change and look again.</summary>
    public sealed record Nowhere : ShardRoute
    {
        /// <summary>Gets the route.</summary>
        public static Nowhere Instance { get; } = new();
    }
}
