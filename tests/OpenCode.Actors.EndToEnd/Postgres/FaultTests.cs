using System.Collections.Concurrent;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Batches;
using OpenCode.Actors.Tests.Specifications;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Postgres;

/// <summary>Nodes under load while things happen to the server and to the way there.</summary>
[Collection(HeavyTests.Name)]
public sealed class FaultTests(ITestOutputHelper output)
{
    [SkippableFact]
    public async Task Over_restarts_and_crashes_of_the_server_nothing_answered_is_lost_and_nothing_comes_twice()
    {
        Needs.Postgres();
        await using var server = await PostgresServer.StartAsync();
        await using var first = await JournalNode.OpenAsync(server.ConnectionString, "node-a");
        await using var second = await JournalNode.OpenAsync(server.ConnectionString, "node-b");
        using var stop = new CancellationTokenSource();
        var answered = new ConcurrentDictionary<string, long>();
        var load = Task.WhenAll(new[] { first, second }.SelectMany(node => Enumerable.Range(0, 8).Select(p => AppendAsync(node.Journal, $"{node.Name}.{p}", answered, stop.Token))));

        for (var round = 0; round < Scale.Of(4, 20); round++)
        {
            var before = answered.Count;
            await Eventually.TrueAsync(() => answered.Count >= before + 200 || load.IsCompleted, "200 more batches to be answered");
            if (round % 2 == 0)
                await server.CrashAsync();
            else
                await server.StopAsync();
            await server.StartAgainAsync();
        }

        await stop.CancelAsync();
        await Eventually.EndsAsync(load, "load");
        output.WriteLine($"{answered.Count} batches answered over {Scale.Of(4, 20)} ends of the server");
        foreach (var node in new[] { first, second })
        {
            await node.Journal.CatchUpAsync(default);
            var entries = await node.ReadAsync();
            Assert.Equal(Enumerable.Range(1, entries.Count).Select(i => (long)i), entries.Select(e => e.Offset));
            Assert.Equal(entries.Count, entries.Select(e => e.Type).Distinct(StringComparer.Ordinal).Count());
            Assert.All(answered, a => Assert.Equal(a.Key, entries[(int)a.Value - 1].Type));
        }
    }

    [SkippableFact]
    public async Task A_frozen_node_with_a_half_sent_statement_is_ended_by_the_node_it_blocks()
    {
        Needs.Postgres();
        await using var server = await PostgresServer.StartAsync();
        await using var proxy = new SyncHoldingProxy(server.Port);
        await using var frozen = await JournalNode.OpenAsync(server.ConnectionString.Replace($"Port={server.Port}", $"Port={proxy.Port}", StringComparison.Ordinal), "frozen");
        await using var other = await JournalNode.OpenAsync(server.ConnectionString, "other");
        await frozen.Journal.AppendAsync(Make.Batch(Make.Entry("1")), default);

        proxy.HoldSyncs(true);
        var held = frozen.Journal.AppendAsync(Make.Batch(Make.Entry("held")), default).AsTask();
        await Eventually.TrueAsync(
            async () => await server.ExecuteAsync("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'oc/frozen' AND state = 'active' AND wait_event = 'ClientRead'") is > 0L,
            "the half-sent statement to hold the head");
        var appended = await Eventually.EndsAsync(other.Journal.AppendAsync(Make.Batch(Make.Entry("other")), default).AsTask(), "append of the other node", TimeSpan.FromSeconds(9)); // before the server itself ends the statement
        proxy.HoldSyncs(false);

        // Its statement was rolled back with its connection; sent again under its number it is written once.
        Assert.Equal(2, appended);
        Assert.Equal(3, await Eventually.EndsAsync(held, "append of the node that stood still"));
        Assert.Equal(["1", "other", "held"], (await frozen.ReadAsync()).Select(e => e.Type));
    }

    [SkippableFact]
    public async Task A_server_without_room_refuses_appends_until_it_has_some_and_reads_go_on()
    {
        Needs.Postgres();
        await using var server = await PostgresServer.StartAsync();
        await using var node = await JournalNode.OpenAsync(server.ConnectionString, "node-a");
        await node.Journal.AppendAsync(Make.Batch(Make.Entry("1")), default);

        // The error that PostgreSQL gives when a file cannot grow.
        await server.ExecuteAsync(
            """
            CREATE FUNCTION opencode_actors.full() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
            CREATE TRIGGER is_full BEFORE INSERT ON opencode_actors.log_batch FOR EACH ROW EXECUTE FUNCTION opencode_actors.full()
            """);
        await Assert.ThrowsAsync<JournalFullException>(async () => await node.Journal.AppendAsync(Make.Batch(Make.Entry("2")), default));
        Assert.Equal(["1"], (await node.ReadAsync()).Select(e => e.Type));
        await server.ExecuteAsync("DROP TRIGGER is_full ON opencode_actors.log_batch");

        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    return await node.Journal.AppendAsync(Make.Batch(Make.Entry("3")), default) == 2;
                }
                catch (JournalFullException)
                {
                    return false;
                }
            },
            "an append to succeed again");
    }

    [SkippableFact]
    public async Task Retention_takes_what_is_old_and_a_reader_that_is_behind_it_is_told()
    {
        Needs.Postgres();
        await using var server = await PostgresServer.StartAsync();
        await using var node = await JournalNode.OpenAsync(server.ConnectionString, "node-a", new() { RetainBytes = 20_000, RecentBytes = 0 });
        for (var i = 1; i <= 50; i++)
            await node.Journal.AppendAsync(Make.Batch(Make.Entry($"{i}", 1_000)), default);

        await Eventually.TrueAsync(() => node.Journal.Floor > 0, "retention");

        var floor = node.Journal.Floor;
        Assert.InRange(floor, 25, 35);
        await Assert.ThrowsAsync<JournalTrimmedException>(() => node.ReadAsync());
        Assert.Equal(Enumerable.Range((int)floor + 1, 50 - (int)floor).Select(i => $"{i}"), (await node.ReadAsync(floor)).Select(e => e.Type));
        Assert.Equal(floor + 1, await server.ExecuteAsync("SELECT min(first) FROM opencode_actors.log_batch"));
    }

    private static async Task AppendAsync(BatchJournal journal, string name, ConcurrentDictionary<string, long> answered, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var type = $"{name}.{i}";
            Assert.True(answered.TryAdd(type, await journal.AppendAsync(Make.Batch(Make.Entry(type)), CancellationToken.None)));
        }
    }
}
