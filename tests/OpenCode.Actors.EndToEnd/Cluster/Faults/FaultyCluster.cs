using System.Net;
using System.Net.Sockets;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Cluster.Faults;

/// <summary>Nodes on one PostgreSQL, each of which can be killed, frozen, and cut off from the database and from the other nodes.</summary>
internal sealed class FaultyCluster : IAsyncDisposable
{
    public const string Secret = "a-secret-of-the-tests";

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(120);

    private FaultyCluster(PostgresServer database, TempFolder folder, int nodes, string serverDll, int? heartbeatMs)
    {
        Database = database;
        Nodes = [.. Enumerable.Range(1, nodes).Select(n => new FaultyNode($"node{n}", folder, database.Port, SourceOf) { ServerDll = serverDll, HeartbeatMs = heartbeatMs })];
    }

    public PostgresServer Database { get; }

    public IReadOnlyList<FaultyNode> Nodes { get; }

    /// <summary>Makes a cluster and starts its nodes side by side.</summary>
    /// <param name="folder">For what the nodes write; the caller disposes of it.</param>
    /// <param name="nodes">How many nodes there are.</param>
    /// <param name="started">How many of them are started; all by default.</param>
    /// <param name="serverDll">The program; the one that was built with these tests by default.</param>
    /// <param name="heartbeatMs">The silence after which streams get a heartbeat.</param>
    /// <param name="database">A server for this cluster alone, which disposes of it; a new one by default.</param>
    public static async Task<FaultyCluster> StartAsync(
        TempFolder folder, int nodes, int? started = null, string? serverDll = null, int? heartbeatMs = null, PostgresServer? database = null)
    {
        var cluster = new FaultyCluster(database ?? await PostgresServer.StartAsync(), folder, nodes, serverDll ?? Repository.ServerDll, heartbeatMs);
        try
        {
            await Task.WhenAll(cluster.Nodes.Take(started ?? nodes).Select(node => node.StartAsync()));
            await cluster.ReadyAsync("at the start");
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }

        return cluster;
    }

    /// <summary>Waits until all running nodes are members and ready. A node that was declared dead is started again, as a service manager does; any other end of a node fails the test.</summary>
    public async Task ReadyAsync(string after)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            foreach (var node in Nodes.Where(node => node is { IsMeantToRun: true, IsRunning: false }))
            {
                var code = await node.Process.ExitAsync();
                Assert.True(code == FaultyNode.DeclaredDead, $"{node.Name} ended with {code} ({after}). {node.Process.Log}");
                await node.StartAsync();
            }

            var running = Nodes.Where(node => node.IsRunning).ToList();
            if ((await Task.WhenAll(running.Select(node => node.IsReadyAsync()))).All(ready => ready) && await MembersAsync() == running.Count)
                return;

            Assert.True(clock.Elapsed < _patience, $"After {_patience.TotalSeconds:0} s not all nodes are ready again ({after}). {string.Join('\n', Nodes.Select(node => $"{node.Name}: {Tail(node)}"))}");
            await Task.Delay(50);
        }
    }

    /// <summary>Counts the members as the database has them.</summary>
    public Task<int> MembersAsync() => NodeRows.MembersAsync(Database, "opencode_actors");

    /// <summary>Cuts all links between a node and the others, in both directions: connections are reset.</summary>
    public async Task CutAsync(FaultyNode node)
    {
        foreach (var other in Nodes.Where(other => other != node))
            other.FromNodes.Cut(node.Name);
        await node.FromNodes.CutAsync();
    }

    /// <summary>The same without a word: nothing passes any more, and nothing is reset.</summary>
    public void Silence(FaultyNode node)
    {
        foreach (var other in Nodes.Where(other => other != node))
            other.FromNodes.Silence(node.Name);
        node.FromNodes.Silence();
    }

    /// <summary>Mends all links between nodes.</summary>
    public async Task MendAsync()
    {
        foreach (var node in Nodes.Where(node => node.IsRunning))
            await node.FromNodes.MendAsync();
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

    private static string Tail(FaultyNode node) => !node.IsMeantToRun ? "not meant to run" : string.Join('\n', node.Process.Log.Split('\n').TakeLast(8));

    private string? SourceOf(Socket client)
    {
        var (remote, local) = (((IPEndPoint)client.RemoteEndPoint!).Port, ((IPEndPoint)client.LocalEndPoint!).Port);
        return Nodes.FirstOrDefault(node => node.ProcessId != 0 && Unix.HasConnection(node.ProcessId, remote, local))?.Name;
    }
}
