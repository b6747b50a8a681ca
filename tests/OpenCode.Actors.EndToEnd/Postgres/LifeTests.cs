using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Storage.Postgres;
using OpenCode.Actors.Storage.Postgres.Connections;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.EndToEnd.Postgres;

/// <summary>Lives and restarts of a real server (rule "Good cursor", rule "Life of the database").</summary>
public sealed class LifeTests
{
    private const string Count = "SELECT count(*) FROM opencode_actors.generation";

    // As if the last generation had begun a while ago: a client may begin the next one.
    private const string Later = "UPDATE opencode_actors.generation SET at = at - interval '2 minutes'";

    [SkippableFact]
    public async Task A_process_ends_with_the_life_of_the_database_and_the_next_one_works_in_the_new_one()
    {
        Needs.Postgres();
        await using var server = await PostgresServer.StartAsync();
        await using var node = await JournalNode.OpenAsync(server.ConnectionString, "node-a");
        await using var database = await PostgresDatabase.OpenAsync(server.ConnectionString, "node-b");
        await node.Journal.AppendAsync(Make.Batch(Make.Entry("1")), default);

        await server.StopAsync();
        await server.BeginTimelineAsync();
        await server.StartAgainAsync();

        var refused = await Assert.ThrowsAsync<DatabaseLifeException>(async () => await database.ConnectAsync(default));
        Assert.Equal(1, refused.Expected);
        Assert.InRange(refused.Found, 2, long.MaxValue);
        await Assert.ThrowsAsync<JournalFailedException>(async () => await node.Journal.AppendAsync(Make.Batch(Make.Entry("2")), default));
        await using var next = await JournalNode.OpenAsync(server.ConnectionString, "node-c");
        Assert.Equal([new(1, 0), new Generation(refused.Found, 1)], next.Journal.Timeline.Generations);
    }

    [SkippableFact]
    public async Task After_a_promotion_processes_end_and_the_next_ones_have_all_that_was_answered()
    {
        Needs.Postgres();
        await using var primary = await PostgresServer.StartAsync();
        await using var standby = await primary.StartStandbyAsync();
        foreach (var hosts in (string[])["Host=127.0.0.1", "Host=127.0.0.1,localhost"])
        {
            var refused = await Assert.ThrowsAsync<DatabaseUnreachableException>(
                () => PostgresDatabase.OpenAsync(standby.ConnectionString.Replace("Host=127.0.0.1", hosts, StringComparison.Ordinal), "at-the-standby"));
            Assert.Contains("there is a standby", refused.Message, StringComparison.Ordinal);
        }

        var both = $"Host=127.0.0.1:{primary.Port},127.0.0.1:{standby.Port};Database=opencode;Username=opencode;Password=opencode";
        await using var writer = await JournalNode.OpenAsync(both, "node-a");
        await using var reader = await JournalNode.OpenAsync(both, "node-b");
        for (var i = 1; i <= 20; i++)
            await writer.Journal.AppendAsync(Make.Batch(Make.Entry($"{i}")), default);
        await primary.CrashAsync();
        await standby.PromoteAsync();

        // The one that writes nothing finds it too.
        foreach (var node in (JournalNode[])[writer, reader])
        {
            await Eventually.EndsAsync(node.Journal.Died, $"end of {node.Name}");
            Assert.Contains("it was restored or failed over", (await node.Journal.Died).ToString(), StringComparison.Ordinal);
        }

        await using var next = await JournalNode.OpenAsync(both, "node-c");
        Assert.Equal(Enumerable.Range(1, 20).Select(i => $"{i}"), (await next.ReadAsync()).Select(e => e.Type));
        Assert.Equal(21, await next.Journal.AppendAsync(Make.Batch(Make.Entry("21")), default));
    }

    [SkippableFact]
    public async Task A_disk_that_was_restored_is_a_new_generation_at_the_head_that_it_has()
    {
        Needs.Postgres();
        await using var server = await PostgresServer.StartAsync();
        await GrowAsync("1");
        await server.StopAsync();
        await server.BackupAsync();
        await server.StartAgainAsync();
        var lost = await GrowAsync("2", "3");
        await server.StopAsync();
        await server.RestoreAsync();
        await server.StartAgainAsync();
        var grown = await GrowAsync("4", "5", "6");

        // The log has grown over the offsets that were lost, in a generation that begins below them.
        Assert.Equal(lost.Generations[0], grown.Generations[0]);
        Assert.Equal([0L, 1L], grown.Generations.Select(g => g.HeadBefore));
        Assert.NotEqual(lost.Current, grown.Current);

        async Task<Timeline> GrowAsync(params string[] types)
        {
            await using var node = await JournalNode.OpenAsync(server.ConnectionString, $"node-{types[0]}");
            foreach (var type in types)
                await node.Journal.AppendAsync(Make.Batch(Make.Entry(type)), default);
            return node.Journal.Timeline;
        }
    }

    [SkippableFact]
    public async Task Over_a_restart_of_the_server_nodes_go_on_in_one_new_generation()
    {
        Needs.Postgres();
        await using var server = await PostgresServer.StartAsync();
        await using var node = await JournalNode.OpenAsync(server.ConnectionString, "node-a");
        await using var other = await JournalNode.OpenAsync(server.ConnectionString, "node-b");
        await node.Journal.AppendAsync(Make.Batch(Make.Entry("1")), default);

        await server.CrashAsync();
        await server.StartAgainAsync();

        Assert.Equal(2, await Eventually.EndsAsync(node.Journal.AppendAsync(Make.Batch(Make.Entry("2")), default).AsTask(), "append"));
        Assert.Equal(3, await Eventually.EndsAsync(other.Journal.AppendAsync(Make.Batch(Make.Entry("3")), default).AsTask(), "append of the other node"));
        Assert.Equal([0L, 1L], node.Journal.Timeline.Generations.Select(g => g.HeadBefore));
        Assert.Equal(node.Journal.Timeline.Generations, other.Journal.Timeline.Generations);
        Assert.Equal(["1", "2", "3"], (await other.ReadAsync()).Select(e => e.Type));
    }

    [SkippableFact]
    public async Task Tables_that_were_made_anew_under_a_running_server_are_a_new_generation()
    {
        Needs.Postgres();
        await using var server = await PostgresServer.StartAsync();
        await using (var node = await JournalNode.OpenAsync(server.ConnectionString, "node-a"))
            await node.Journal.AppendAsync(Make.Batch(Make.Entry("1")), default);
        await using (var node = await JournalNode.OpenAsync(server.ConnectionString, "node-b"))
            Assert.Single(node.Journal.Timeline.Generations);

        await server.ExecuteAsync("VACUUM FULL opencode_actors.log_head"); // Another file, as with a dump that is read back.

        await using var next = await JournalNode.OpenAsync(server.ConnectionString, "node-c");
        Assert.Equal([0L, 1L], next.Journal.Timeline.Generations.Select(g => g.HeadBefore));
    }

    [SkippableFact]
    public async Task A_cursor_beyond_the_head_begins_one_generation_a_minute_whichever_nodes_hear_of_it()
    {
        Needs.Postgres();
        await using var server = await PostgresServer.StartAsync();
        await using var node = await JournalNode.OpenAsync(server.ConnectionString, "node-a");
        await using var other = await JournalNode.OpenAsync(server.ConnectionString, "node-b");
        await node.Journal.AppendAsync(Make.Batch(Make.Entry("1")), default);

        await VerifyAsync(node, other);
        Assert.Equal(1L, await server.ExecuteAsync(Count)); // The first one has only begun.
        await server.ExecuteAsync(Later);
        await VerifyAsync(node, other);
        await VerifyAsync(node, other);

        Assert.Equal(2L, await server.ExecuteAsync(Count));
        Assert.Equal([0L, 1L], node.Journal.Timeline.Generations.Select(g => g.HeadBefore));
        Assert.Equal(node.Journal.Timeline.Generations, other.Journal.Timeline.Generations);
        Assert.Equal(2, await node.Journal.AppendAsync(Make.Batch(Make.Entry("2")), default));
        Assert.Equal(3, await other.Journal.AppendAsync(Make.Batch(Make.Entry("3")), default));
    }

    [SkippableFact]
    public async Task Generations_of_which_nothing_is_kept_are_forgotten_a_day_later()
    {
        Needs.Postgres();
        await using var server = await PostgresServer.StartAsync();
        await using var node = await JournalNode.OpenAsync(server.ConnectionString, "node-a", new JournalOptions { RetainBytes = 1_000, RecentBytes = 0 });
        for (var i = 0; i < 2; i++)
        {
            await server.ExecuteAsync(Later);
            await VerifyAsync(node);
            await node.Journal.AppendAsync(Make.Batch(Make.Entry($"{i}", 2_000)), default);
        }

        await Eventually.TrueAsync(() => node.Journal.Floor > 0, "retention");
        Assert.Equal(3L, await server.ExecuteAsync(Count));
        await server.ExecuteAsync("UPDATE opencode_actors.generation SET at = at - interval '2 days'");
        await Eventually.TrueAsync(async () => await server.ExecuteAsync(Count) is 1L, "retention of generations");
        Assert.Equal(node.Journal.Timeline.Current, await server.ExecuteAsync("SELECT number FROM opencode_actors.generation"));
    }

    private static Task VerifyAsync(params JournalNode[] nodes) =>
        Task.WhenAll(nodes.Select(node => Eventually.EndsAsync(node.Journal.VerifyAsync(node.Journal.Timeline.Current, 1_000_000, default).AsTask(), "the look into a cursor")));
}
