using System.Diagnostics;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Journal.Stores;

namespace OpenCode.Actors.EndToEnd.Postgres;

/// <summary>A server that says nothing, as a machine whose processes are stopped, or that was started again.</summary>
[Collection(PostgresTests.Name)]
public sealed class LostServerTests(PostgresFixture postgres)
{
    [SkippableFact]
    public async Task A_cancelled_wait_ends_at_once_and_keeps_no_thread_of_the_pool()
    {
        Needs.Postgres();
        await using var way = new TcpProxy(postgres.Server.Port);
        var connection = await postgres.Server.CreateSchemaAsync();
        await using var node = await StoreNode.OpenAsync(connection.Replace($"Port={postgres.Server.Port}", $"Port={way.Root.Port}", StringComparison.Ordinal), "node-a");
        await ConnectAsync(node);

        way.Silence();
        using var stop = new CancellationTokenSource();
        var reads = Enumerable.Range(0, 8).Select(_ => node.Store.ListAsync("head", stop.Token).AsTask()).ToList();
        await Task.WhenAny(Task.WhenAll(reads), Task.Delay(200));
        var clock = Stopwatch.StartNew();
        await stop.CancelAsync();

        foreach (var read in reads)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(8)); // The driver alone waits a second or more for each.

        // And what is asked for next waits for nothing but the server.
        var next = node.Store.ListAsync("head", default).AsTask();
        await way.MendAsync();
        Assert.Empty(await Eventually.EndsAsync(next, "a read after the silence"));
    }

    [SkippableFact]
    public async Task After_a_restart_of_the_server_one_statement_fails_and_not_one_for_each_idle_connection()
    {
        Needs.Postgres();
        await using var server = await PostgresServer.StartAsync();
        await using var node = await StoreNode.OpenAsync(server.ConnectionString, "node-a");
        await ConnectAsync(node);

        await server.CrashAsync();
        await server.StartAgainAsync();

        await Assert.ThrowsAsync<StoreAwayException>(() => node.Store.ListAsync("head", default).AsTask());
        await ConnectAsync(node);
    }

    // So many connections, of which one is kept and the others lie in the pool afterwards.
    private static async Task ConnectAsync(StoreNode node) => await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => node.Store.ListAsync("head", default).AsTask()));
}
