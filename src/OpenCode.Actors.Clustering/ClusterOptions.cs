namespace OpenCode.Actors.Clustering;

/// <summary>What a node says of itself, and the times of membership.</summary>
/// <remarks>Of <c>opencode.json</c>, name, URL and moves per second alone can be set (section <c>server.cluster</c>): the times have to be the same on all nodes. Their defaults are those of RULES F.</remarks>
public sealed class ClusterOptions
{
    /// <summary>The version of what nodes say to each other. It changes when an older node would misunderstand a newer one.</summary>
    public const int ProtocolVersion = 1;

    /// <summary>Gets or sets the name of this node, which stays over restarts.</summary>
    /// <value>1 to 40 characters of <c>A-Z a-z 0-9 _ - .</c>.</value>
    public string Name { get; set; } = "";

    /// <summary>Gets or sets where the other nodes reach this one.</summary>
    /// <value>An absolute <c>http</c> or <c>https</c> URL.</value>
    public Uri? Url { get; set; }

    /// <summary>Gets or sets the <c>application_name</c> of all connections of this process, which no other process has.</summary>
    /// <value>1 to 63 characters (longer ones are cut by PostgreSQL).</value>
    public string Tag { get; set; } = "";

    /// <summary>Gets or sets the version of the program, for people.</summary>
    public string Version { get; set; } = "";

    /// <summary>Gets or sets the default location, a real path (RULES H3).</summary>
    public string DefaultLocation { get; set; } = "";

    /// <summary>Gets or sets the number of shards, fixed for the life of a database.</summary>
    /// <value>1 to 1,024; 64 by default.</value>
    public int ShardCount { get; set; } = 64;

    /// <summary>Gets or sets how often, in milliseconds, the database is looked at without a hint.</summary>
    /// <value>50 to 500; 250 by default.</value>
    public int LookMs { get; set; } = 250;

    /// <summary>Gets or sets how often, in milliseconds, the lease is renewed.</summary>
    /// <value>100 to a third of <see cref="DeadlineMs"/>; 1,000 by default.</value>
    public int RenewMs { get; set; } = 1_000;

    /// <summary>Gets or sets how long, in milliseconds, a node works after it has sent a renewal that was answered (RULES F1).</summary>
    /// <value>At most <see cref="LeaseMs"/> less 1,000; 3,500 by default.</value>
    public int DeadlineMs { get; set; } = 3_500;

    /// <summary>Gets or sets for how long, in milliseconds, a beat has to stand still until its node is declared dead (RULES F2).</summary>
    /// <value>2,000 to 60,000; 5,000 by default.</value>
    public int LeaseMs { get; set; } = 5_000;

    /// <summary>Gets or sets for how long, in milliseconds, nobody is declared dead for a beat after a look has failed (RULES F2).</summary>
    /// <value>At least <see cref="LeaseMs"/>; 10,000 by default.</value>
    public int GraceMs { get; set; } = 10_000;

    /// <summary>Gets or sets how long, in milliseconds, a leaving node waits for turns to end before it closes them as aborted (RULES G2).</summary>
    /// <value>0 to 60,000; 1,500 by default: the whole shutdown has 5 s.</value>
    public int DrainMs { get; set; } = 1_500;

    /// <summary>Gets or sets how many shards a node gives away in a second to even out the load.</summary>
    /// <value>1 to 1,024; 4 by default.</value>
    public int MovesPerSecond { get; set; } = 4;

    /// <summary>Gets the longest time between two looks that are counted as one after the other (RULES F2).</summary>
    internal static TimeSpan LookGap => TimeSpan.FromSeconds(1);

    internal TimeSpan Look => TimeSpan.FromMilliseconds(LookMs);

    internal TimeSpan Renew => TimeSpan.FromMilliseconds(RenewMs);

    internal TimeSpan Deadline => TimeSpan.FromMilliseconds(DeadlineMs);

    internal TimeSpan Lease => TimeSpan.FromMilliseconds(LeaseMs);

    internal TimeSpan Grace => TimeSpan.FromMilliseconds(GraceMs);

    internal TimeSpan Drain => TimeSpan.FromMilliseconds(DrainMs);

    internal NodeDescription Describe() => new(
        Name, Url ?? throw new InvalidOperationException("The options of the cluster have no URL."), Tag, ProtocolVersion, Version, DefaultLocation, ShardCount);
}
