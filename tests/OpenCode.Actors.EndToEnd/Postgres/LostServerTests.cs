using System.Diagnostics;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Postgres;

/// <summary>A server that is connected and says nothing, as a machine whose processes are stopped.</summary>
[Collection(PostgresTests.Name)]
public sealed class SilentServerTests(PostgresFixture postgres)
{
    [SkippableFact]
    public async Task What_nobody_waits_for_any_more_ends_at_once_and_keeps_no_thread_of_the_pool()
    {
        Needs.Postgres();
        await using var way = new TcpProxy(postgres.Server.Port);
        var connection = await postgres.Server.CreateSchemaAsync();
        await using var node = await StoreNode.OpenAsync(connection.Replace($"Port={postgres.Server.Port}", $"Port={way.Root.Port}", StringComparison.Ordinal), "node-a");
        for (var round = 0; round < 2; round++)
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => node.Store.ListAsync("head", default).AsTask())); // Their connections are there.

        way.Silence();
        using var stop = new CancellationTokenSource();
        var reads = Enumerable.Range(0, 8).Select(_ => node.Store.ListAsync("head", stop.Token).AsTask()).ToList();
        await Task.WhenAny(Task.WhenAll(reads), Task.Delay(200));
        var clock = Stopwatch.StartNew();
        await stop.CancelAsync();

        foreach (var read in reads)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1));

        // And what is asked for next waits for nothing but the server.
        var next = node.Store.ListAsync("head", default).AsTask();
        await way.MendAsync();
        Assert.Empty(await Eventually.EndsAsync(next, "a read after the silence"));
    }
}
