using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Cluster.Faults;

/// <summary>Nodes on one PostgreSQL, all of which can be hurt.</summary>
internal sealed class FaultyCluster : IAsyncDisposable
{
    public const string Secret = "a-secret-of-the-tests";

    private FaultyCluster(PostgresServer database, IReadOnlyList<FaultyNode> nodes) => (Database, Nodes) = (database, nodes);

    public PostgresServer Database { get; }

    public IReadOnlyList<FaultyNode> Nodes { get; }

    public static async Task<FaultyCluster> StartAsync(TempFolder folder, int nodes, string? serverDll = null, int? heartbeatMs = null, bool evensOutSoon = false, PostgresServer? database = null)
    {
        database ??= await PostgresServer.StartAsync();
        var cluster = new FaultyCluster(database, [.. Enumerable.Range(1, nodes).Select(n => new FaultyNode($"node{n}", folder, database.Port) { ServerDll = serverDll ?? Repository.ServerDll, HeartbeatMs = heartbeatMs, EvensOutSoon = evensOutSoon })]);
        try
        {
            await Task.WhenAll(cluster.Nodes.Select(node => node.StartAsync()));
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }

        return cluster;
    }

    /// <summary>Ends the database, and starts it again on its data.</summary>
    public async Task RestartDatabaseAsync(Func<Task> endAsync)
    {
        await endAsync();
        await Database.StartAgainAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
            await node.DisposeAsync();

        await Database.DisposeAsync();
    }
}
