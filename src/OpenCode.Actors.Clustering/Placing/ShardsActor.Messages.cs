namespace OpenCode.Actors.Clustering.Placing;

/// <content>What it is asked, and what it answers.</content>
internal sealed partial class ShardsActor
{
    /// <summary>This node is a member now: what its rows say is opened.</summary>
    /// <param name="Self">The incarnation that owns.</param>
    public sealed record Serve(Member Self);

    /// <summary>The incarnation is lost: everything is closed at once. Answered by <see cref="Abandoned"/>.</summary>
    public sealed record Abandon
    {
        public static Abandon Instance { get; } = new();
    }

    /// <summary>Nothing of the lost incarnation runs here any more.</summary>
    public sealed record Abandoned
    {
        public static Abandoned Instance { get; } = new();
    }

    /// <summary>Gives all shards to others, a few at a time: this node leaves.</summary>
    public sealed record Drain
    {
        public static Drain Instance { get; } = new();
    }

    /// <summary>The host has begun anew.</summary>
    public sealed record OpenAgain
    {
        public static OpenAgain Instance { get; } = new();
    }
}
