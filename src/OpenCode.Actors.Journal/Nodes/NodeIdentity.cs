namespace OpenCode.Actors.Journal.Nodes;

/// <summary>One life of one node, as the database and the cluster name it.</summary>
/// <param name="Name">What people call it: 1 to 60 characters of <c>A-Z a-z 0-9 . _ -</c>. The next life of the node has the same.</param>
/// <param name="Uid">Made anew at each start: Akka's uid of the actor system.</param>
/// <param name="Address">Where the others reach it: Akka's address, such as <c>akka.ssl.tcp://opencode@10.0.0.1:7096</c>.</param>
public sealed record NodeIdentity(string Name, long Uid, string Address)
{
    /// <summary>True if both are the same life of the same node, wherever it is reached.</summary>
    /// <param name="other">The other.</param>
    public bool IsSameLife(NodeIdentity other) => other is not null && Uid == other.Uid && Name == other.Name;
}

/// <summary>What a node says of itself when it joins.</summary>
/// <param name="Identity">Which life of which node it is.</param>
/// <param name="Protocol">The version of the protocol between nodes. Nodes of different versions never run together.</param>
/// <param name="Version">The version of the program, for people.</param>
/// <param name="Location">The default location of its requests: the same on all nodes.</param>
/// <param name="ConnectionTag">The <c>application_name</c> of all its connections to the database: the database ends them when the node is declared dead.</param>
public sealed record NodeDescription(NodeIdentity Identity, int Protocol, string Version, string Location, string ConnectionTag);

/// <summary>How far a node's life is. It only moves on.</summary>
public enum NodeStatus
{
    /// <summary>It has been admitted and is on its way into the cluster. It may not claim shards.</summary>
    Joining,

    /// <summary>It runs sessions.</summary>
    Up,

    /// <summary>It was declared dead by another node, or has left by itself. It never writes again.</summary>
    Dead,
}

/// <summary>The row of a node that is not dead.</summary>
/// <param name="Description">What it said of itself.</param>
/// <param name="Status">How far it is.</param>
/// <param name="Behind">How many entries it had not read yet when it last looked; null before.</param>
public sealed record NodeRow(NodeDescription Description, NodeStatus Status, long? Behind)
{
    /// <summary>Gets when the node last looked, by the clock of the store: another value with each look that is noted. At first when it joined.</summary>
    public DateTimeOffset Looked { get; init; }
}

/// <summary>The rows at one moment, as a node sees them.</summary>
/// <param name="Mine">The status of the node that looks: <see cref="NodeStatus.Dead"/> when its row is gone too.</param>
/// <param name="Living">All nodes that are not dead, by name.</param>
/// <param name="ConfigVersion">The version of the cluster's config (<see cref="ISharedConfig"/>): a node that has an older one reads it again.</param>
public sealed record NodeLook(NodeStatus Mine, IReadOnlyList<NodeRow> Living, long ConfigVersion = 0)
{
    /// <summary>Gets a value indicating whether the look was noted, for the others to see. It does not wait for a lock on what it writes.</summary>
    public bool IsNoted { get; init; }
}
