namespace OpenCode.Actors.Clustering;

/// <summary>Something is wrong with the cluster; the derived type says what.</summary>
/// <param name="message">What happened, where, and what to do.</param>
/// <param name="innerException">The cause, if there is one.</param>
public abstract class ClusterException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>The database of the cluster could not be asked, or did not answer. What was asked for may have been done. It is tried again by itself.</summary>
/// <param name="what">What was being done.</param>
/// <param name="innerException">The fault.</param>
public sealed class MembershipUnavailableException(string what, Exception? innerException = null)
    : ClusterException($"The database of the cluster did not answer while {what}: {innerException?.Message ?? "no connection"}. It is tried again by itself; check the "
        + "database and the network if it lasts.", innerException);

/// <summary>This node may not join the cluster; the derived type says why. It does not help to try again without a change.</summary>
/// <param name="message">What is wrong, and what to do.</param>
public abstract class ClusterRefusedException(string message) : ClusterException(message);

/// <summary>A living member has the name.</summary>
/// <param name="name">The name.</param>
/// <param name="url">Where that member is.</param>
public sealed class NodeNameInUseException(string name, Uri url)
    : ClusterRefusedException($"A node '{name}' is already a member of this cluster, at {url}. Give this one another --node NAME; if the other one is gone, start again in 20 s: "
        + "it is declared dead by then.")
{
    /// <summary>Gets the name.</summary>
    public string Name { get; } = name;

    /// <summary>Gets where the member of that name is.</summary>
    public Uri Url { get; } = url;
}

/// <summary>The cluster has another default location (RULES H3).</summary>
/// <param name="ours">Of this node.</param>
/// <param name="theirs">Of the cluster.</param>
public sealed class OtherLocationException(string ours, string theirs)
    : ClusterRefusedException($"This node's default location is '{ours}', the cluster's is '{theirs}': a session without a location would be in another folder on each node. "
        + $"Start this node in '{theirs}' (the folders are a mount at the same path on all nodes), or, to move the cluster, stop all nodes and delete the row 'default_location' "
        + "of the table setting.")
{
    /// <summary>Gets the default location of this node.</summary>
    public string Ours { get; } = ours;

    /// <summary>Gets the default location of the cluster.</summary>
    public string Theirs { get; } = theirs;
}

/// <summary>The members speak another version of the protocol between nodes.</summary>
/// <param name="ours">Of this node.</param>
/// <param name="theirs">Of the member.</param>
/// <param name="member">A member that speaks it.</param>
public sealed class OtherProtocolException(int ours, int theirs, string member)
    : ClusterRefusedException($"This node speaks version {ours} of the protocol between nodes, the member '{member}' version {theirs}. Start a program of the same version, or stop "
        + "all nodes and start all of them with the new one.")
{
    /// <summary>Gets the version of this node.</summary>
    public int Ours { get; } = ours;

    /// <summary>Gets the version of the member.</summary>
    public int Theirs { get; } = theirs;
}

/// <summary>The database was made with another number of shards, which is fixed for its life.</summary>
/// <param name="ours">Of this node.</param>
/// <param name="theirs">Of the database.</param>
public sealed class OtherShardCountException(int ours, int theirs)
    : ClusterRefusedException($"This node counts {ours} shards, the database was made with {theirs}, which is fixed for its life. Start a program that counts {theirs}, or move the "
        + "sessions to a new database with export and import.")
{
    /// <summary>Gets the number of this node.</summary>
    public int Ours { get; } = ours;

    /// <summary>Gets the number of the database.</summary>
    public int Theirs { get; } = theirs;
}
