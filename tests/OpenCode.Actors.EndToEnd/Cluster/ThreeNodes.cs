using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Postgres;

namespace OpenCode.Actors.EndToEnd.Cluster;

/// <summary>Three nodes for all tests of a class that harm none of them.</summary>
public sealed class ThreeNodes(PostgresFixture postgres) : ClusterTest(postgres, output: null!)
{
    private ServerProcess[]? _nodes;

    internal async Task<ServerProcess[]> NodesAsync() => _nodes ??= await StartNodesAsync(3);

    internal Task<ServerProcess> OwnerAsync(string session) => OwnerAsync(_nodes!, session);
}
