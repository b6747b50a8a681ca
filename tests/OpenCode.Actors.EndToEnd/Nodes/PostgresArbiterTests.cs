using System.Diagnostics;
using Npgsql;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Postgres;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Storage.Postgres;
using OpenCode.Actors.Storage.Postgres.Nodes;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.EndToEnd.Nodes;

/// <summary>What only the locks and connections of a real server show.</summary>
[Collection(NodesTests.Name)]
public sealed class PostgresArbiterTests(PostgresFixture postgres) : PostgresArbiterKit(postgres, new(postgres))
{
    [SkippableFact]
    public async Task A_verdict_ends_all_connections_of_the_dead_node_and_no_others()
    {
        var a = await UpAsync("a");
        var b = await UpAsync("b");
        var c = await UpAsync("c");
        await using var journal = await b.OpenJournalAsync();
        Assert.True(await ConnectionsAsync(b) > 3);

        // One that is still being opened has no name yet: the verdict does not end it, and it finds its row dead.
        var open = await Server.ExecuteAsync($"SELECT string_agg(format('(%s, %L)', pid, backend_start), ', ') FROM pg_stat_activity WHERE application_name = '{b.Description.ConnectionTag}'");
        Assert.Equal(Verdict.OtherIsDead, await a.Arbiter.DeclareDeadAsync(b.Identity, default));

        var (a0, c0) = (await ConnectionsAsync(a), await ConnectionsAsync(c));
        Assert.True(a0 >= 4 && c0 >= 4);
        await Eventually.TrueAsync(
            async () => await Server.ExecuteAsync($"SELECT count(*) FROM pg_stat_activity WHERE (pid, backend_start::text) IN (VALUES {open})") is 0L,
            "the connections of the dead node to end");
        Assert.Equal(NodeStatus.Dead, await UntilAnsweredAsync(async token => (await b.Arbiter.LookAsync(0, token)).Mine));
    }

    [SkippableFact]
    public async Task Rows_that_a_stranger_holds_are_waited_for_and_named_if_it_takes_too_long()
    {
        var a = await UpAsync("a");
        var b = await UpAsync("b");
        await using var stranger = new NpgsqlConnection($"{Store.ConnectionString};Pooling=false;Application Name=psql");
        await stranger.OpenAsync();
        await ExecuteAsync(stranger, "BEGIN; SELECT * FROM node FOR UPDATE");

        var look = await LookAsync(a);
        var claim = a.Arbiter.ClaimAsync(1, default).AsTask();
        var away = await Assert.ThrowsAsync<ArbiterAwayException>(() => EndsAsync(claim, "claim"));
        var verdict = UntilAnsweredAsync(token => a.Arbiter.DeclareDeadAsync(b.Identity, token));
        await PassAsync(TimeSpan.FromMilliseconds(800));
        Assert.False(verdict.IsCompleted);
        await ExecuteAsync(stranger, "ROLLBACK");

        Assert.Equal((NodeStatus.Up, true), (look.Mine, look.IsNoted));
        Assert.Contains("pg_stat_activity", away.Message, StringComparison.Ordinal);
        Assert.Equal(Verdict.OtherIsDead, await verdict);
    }

    [SkippableFact]
    public async Task A_look_takes_no_lock_and_says_when_it_was_not_recorded()
    {
        var a = await UpAsync("a");
        await using var stranger = new NpgsqlConnection($"{Store.ConnectionString};Pooling=false;Application Name=psql");
        await stranger.OpenAsync();
        await ExecuteAsync(stranger, "BEGIN; SELECT * FROM look FOR UPDATE");

        Assert.False((await LookAsync(a)).IsNoted);
        await ExecuteAsync(stranger, "ROLLBACK");

        Assert.True((await LookAsync(a)).IsNoted);
    }

    [SkippableFact]
    public async Task A_node_whose_claim_waits_for_a_row_is_seen_to_look_all_the_same()
    {
        var a = await UpAsync("a");
        await using var stranger = new NpgsqlConnection($"{Store.ConnectionString};Pooling=false;Application Name=psql");
        await stranger.OpenAsync();
        await ExecuteAsync(stranger, "BEGIN; SELECT * FROM shard FOR UPDATE");
        var claim = a.Arbiter.ClaimAsync(1, default).AsTask();

        for (var i = 0; i < 5; i++)
        {
            await PassAsync(TimeSpan.FromMilliseconds(100));
            Assert.True((await LookAsync(a)).IsNoted);
        }

        await ExecuteAsync(stranger, "ROLLBACK");
        await EndsAsync(claim, "claim");
    }

    [SkippableFact]
    public async Task Of_two_verdicts_at_the_same_time_exactly_one_wins_100_times()
    {
        var a = await UpAsync("a");
        var b = await UpAsync("b");
        for (var race = 0; race < 100; race++)
        {
            var both = await Task.WhenAll(UntilAnsweredAsync(token => a.Arbiter.DeclareDeadAsync(b.Identity, token)), UntilAnsweredAsync(token => b.Arbiter.DeclareDeadAsync(a.Identity, token)));

            Assert.Equal([Verdict.OtherIsDead, Verdict.ThisIsDead], both.Order());
            Assert.Equal(1L, await Server.ExecuteAsync($"SELECT count(*) FROM {Store.Schema}.node WHERE status = 'up'"));
            await Server.ExecuteAsync($"UPDATE {Store.Schema}.node SET status = 'up'");
        }
    }

    [SkippableFact]
    public async Task A_claim_and_a_verdict_on_its_node_at_the_same_time_leave_no_token_to_the_dead()
    {
        var a = await UpAsync("a");
        var b = await UpAsync("b");
        for (var race = 0; race < 50; race++)
        {
            var claiming = UntilAnsweredAsync(token => b.Arbiter.ClaimAsync(race, token));
            await UntilAnsweredAsync(token => a.Arbiter.DeclareDeadAsync(b.Identity, token));

            // What the dead node got, it got before the verdict: the next owner's token is above it.
            var next = await a.Arbiter.ClaimAsync(race, default);
            var fence = await Record.ExceptionAsync(() => claiming) is null ? await claiming : null;
            Assert.True((fence?.Token ?? 0) < next.Token);
            Assert.Equal(new ShardRow(race, a.Identity, next.Token), (await a.Arbiter.ReadShardsAsync(default))[race]);
            await Server.ExecuteAsync($"UPDATE {Store.Schema}.node SET status = 'up'");
        }
    }

    [SkippableFact]
    public async Task A_restart_of_the_server_ends_no_node_and_each_holds_its_lock_again_soon()
    {
        Needs.Postgres();
        await using var server = await PostgresServer.StartAsync();
        Store.ConnectionString = await server.CreateSchemaAsync();
        var a = await UpAsync("a");
        var b = await UpAsync("b");

        await server.CrashAsync();
        await Assert.ThrowsAsync<ArbiterAwayException>(() => LookAsync(a));
        await Assert.ThrowsAsync<ArbiterAwayException>(() => EndsAsync(a.Arbiter.DeclareDeadAsync(b.Identity, default).AsTask(), "verdict"));
        await server.StartAgainAsync();

        Assert.Equal(["a", "b"], Names((await UntilAnsweredAsync(token => a.Arbiter.LookAsync(0, token))).Living));
        await Eventually.TrueAsync(
            async () => await server.ExecuteAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted") is 2L, "both locks");
        await DisposeAsync();
    }

    [SkippableFact]
    public async Task A_look_tells_of_a_new_config()
    {
        var a = await UpAsync("a");
        Assert.Equal(0, (await LookAsync(a)).ConfigVersion);
        await using var database = await PostgresDatabase.OpenAsync(Store.ConnectionString!, "config");

        var version = await new PostgresSharedConfig(database).TryReplaceAsync(0, "{\"a\": 1}"u8.ToArray(), default);

        Assert.Equal(version, (await LookAsync(a)).ConfigVersion);
    }

    [SkippableFact]
    [Trait(Scale.Promises, Scale.Time)]
    public async Task A_call_that_gets_no_answer_ends_in_2_seconds_and_the_next_one_goes_another_way()
    {
        var a = await UpAsync("a");
        a.Freeze();
        var clock = Stopwatch.StartNew();

        await Assert.ThrowsAsync<ArbiterAwayException>(() => LookAsync(a));
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(1.9), Scale.Bound(4));
        a.Thaw();

        clock.Restart();
        Assert.Equal(NodeStatus.Up, await UntilAnsweredAsync(async token => (await a.Arbiter.LookAsync(0, token)).Mine));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Scale.Bound(1.5));
    }

    [SkippableFact]
    public async Task A_tag_that_its_connections_do_not_have_is_refused()
    {
        var a = await NodeAsync("a");

        await Assert.ThrowsAsync<ArgumentException>(async () => await a.Arbiter.AdmitAsync(a.Description with { ConnectionTag = "oc/other" }, static (_, _) => new(false), default));
    }

    private async Task<long> ConnectionsAsync(ArbiterNode node) =>
        (long)(await Server.ExecuteAsync($"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{node.Description.ConnectionTag}'"))!;
}
