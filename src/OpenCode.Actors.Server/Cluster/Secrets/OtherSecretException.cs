using OpenCode.Actors.Clustering;

namespace OpenCode.Actors.Server.Cluster.Secrets;

/// <summary>The members have another secret than this node.</summary>
/// <param name="member">One that does not take it.</param>
/// <param name="url">Where that is.</param>
internal sealed class OtherSecretException(string member, Uri url) : ClusterRefusedException(
    $"The node '{member}' at {url} does not take the secret of this node: set {ClusterSettings.SecretVariable} to the same on every node. To change it, first give every node both, the "
    + "old one first, then both with the new one first, then the new one alone.");
