using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Tests.Clustering.Status;

/// <summary>Rows of a cluster for tests.</summary>
internal static class SomeRows
{
    public static NodeRow Node(string name, long uid, NodeStatus status = NodeStatus.Up, long? behind = 0) =>
        new(new(new(name, uid, $"akka.ssl.tcp://opencode@{name}:7096"), 4, "0.9.0", "/proj", $"oc/{name}"), status, behind);

    public static ClusterRows Of(IReadOnlyList<NodeRow> nodes, params (int Shard, NodeRow Owner)[] claims) => new(
        nodes, [.. Enumerable.Range(0, 8).Select(shard => new ShardRow(shard, claims.FirstOrDefault(claim => claim.Shard == shard).Owner?.Description.Identity, 1))]);
}
