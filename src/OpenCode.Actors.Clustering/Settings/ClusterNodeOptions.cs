namespace OpenCode.Actors.Clustering.Settings;

/// <summary>How this node takes part in the cluster: options of <c>serve --cluster</c>.</summary>
public sealed class ClusterNodeOptions
{
    /// <summary>The port that nodes reach each other on, unless another one is given.</summary>
    public const int DefaultPort = 7096;

    /// <summary>Gets or sets what people call the node. Option <c>--node</c>.</summary>
    /// <value>1 to 60 letters, digits, dots, hyphens and underscores. No two living nodes have the same.</value>
    public string Name { get; set; } = "";

    /// <summary>Gets or sets the host under which the other nodes reach this one. Option <c>--advertise HOST[:PORT]</c>.</summary>
    /// <value>A name or an IP address, without a scheme and without brackets.</value>
    public string AdvertisedHost { get; set; } = "";

    /// <summary>Gets or sets the port under which the other nodes reach this one.</summary>
    /// <value>0 to 65,535; 0 is the port that the node listens on.</value>
    public int AdvertisedPort { get; set; }

    /// <summary>Gets or sets the address that the node listens on for other nodes. Option <c>--cluster-bind</c>.</summary>
    /// <value>An IP address, a private one by preference; empty for <see cref="AdvertisedHost"/>, when that is an IP address.</value>
    public string BindAddress { get; set; } = "";

    /// <summary>Gets or sets the port that the node listens on for other nodes. Option <c>--cluster-port</c>.</summary>
    /// <value>0 to 65,535; 7,096 by default. 0 takes a free one.</value>
    public int Port { get; set; } = DefaultPort;

    /// <summary>Gets or sets the secret that makes a process a node of this cluster, or several while it changes. <c>OPENCODE_CLUSTER_SECRET</c>.</summary>
    /// <value>1 to 4 secrets of 16 characters or more, parted by commas: the first is presented, all are accepted.</value>
    public string Secret { get; set; } = "";

    /// <summary>Gets or sets the default location of requests. It is the same on all nodes.</summary>
    public string Location { get; set; } = "";

    /// <summary>Gets or sets the start of the <c>application_name</c> of this node's connections to the database.</summary>
    public string ConnectionTag { get; set; } = "";

    /// <summary>Gets or sets how long, in milliseconds, a running turn may go on while the node drains, before it is closed as aborted.</summary>
    /// <value>0 to 1,500; 1,000 by default. A stop of the node has 6 s in all.</value>
    public int TurnWindowMs { get; set; } = 1_000;

    /// <summary>Gets or sets how many commands the node holds until their sessions have answered; more are refused as unavailable.</summary>
    /// <value>1 or more; 10,000 by default.</value>
    public int MaxHeldCommands { get; set; } = 10_000;

    /// <summary>Gets or sets how many bytes the held commands may have together.</summary>
    /// <value>1 MiB or more; 64 MiB by default.</value>
    public long MaxHeldBytes { get; set; } = 64L << 20;

    /// <summary>Gets the address to listen on.</summary>
    internal string ListenAddress => BindAddress.Length > 0 ? BindAddress : AdvertisedHost;

    /// <summary>Gets the secrets, the one that is presented first.</summary>
    internal string[] Secrets => Secret.Split(',', StringSplitOptions.TrimEntries);
}
