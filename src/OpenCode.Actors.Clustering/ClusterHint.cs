namespace OpenCode.Actors.Clustering;

/// <summary>What is told of a change of the rows. It was true when it was committed; it may come late, twice, or never.</summary>
/// <param name="Shards">Rows of shards as they became by it: whoever knows an older token of one knows less.</param>
/// <param name="IsMore">Whether anything else may have changed, which only a look shows.</param>
public sealed record ClusterHint(IReadOnlyList<ShardRow> Shards, bool IsMore)
{
    /// <summary>Gets the hint that says nothing but that there is something to see.</summary>
    public static ClusterHint Look { get; } = new([], IsMore: true);
}
