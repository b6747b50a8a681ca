using System.Diagnostics;
using Npgsql;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Postgres;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Storage.Postgres;
using OpenCode.Actors.Storage.Postgres.Nodes;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.EndToEnd.Nodes;

/// <summary>The suite of arbiters on a real server, and what only its locks and connections show.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresArbiterTests(PostgresFixture postgres) : ArbiterSpecification
{
    private string? _connectionString;

    protected override TimeProvider Time => TimeProvider.System;

    private string Schema => new NpgsqlConnectionStringBuilder(_connectionString).SearchPath!;

    public override async Task InitializeAsync()
    {
        if (PostgresServer.IsInstalled)
            _connectionString = await postgres.Server.CreateSchemaAsync();
    }

    [SkippableFact]
    public async Task A_node_that_stands_still_in_the_middle_of_a_claim_does_not_hold_up_its_own_verdict_E2()
    {
        var a = await UpAsync("a");
        await using var proxy = new SyncHoldingProxy(postgres.Server.Port);
        await using var b = await HalfSendingAsync("b", proxy);
        proxy.HoldSyncs(true);
        var held = b.Arbiter.ClaimAsync(3, default).AsTask();
        await HalfSentAsync(b.Tag);

        var clock = Stopwatch.StartNew();
        Assert.Equal(Verdict.OtherIsDead, await EndsAsync(a.Arbiter.DeclareDeadAsync(b.Identity, default).AsTask(), "verdict"));
        var fence = await EndsAsync(a.Arbiter.ClaimAsync(3, default).AsTask(), "claim");

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        proxy.HoldSyncs(false);
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => EndsAsync(held, "end of the held claim"));
        Assert.True(fault is DeclaredDeadException or ArbiterAwayException, fault.ToString());
        Assert.Equal(new ShardRow(3, a.Identity, fence.Token), (await a.Arbiter.ReadShardsAsync(default))[3]);
    }

    [SkippableFact]
    public async Task A_node_that_stands_still_in_the_middle_of_a_claim_does_not_hold_up_the_claims_of_others_E2()
    {
        var a = await UpAsync("a");
        await using var proxy = new SyncHoldingProxy(postgres.Server.Port);
        await using var b = await HalfSendingAsync("b", proxy);
        proxy.HoldSyncs(true);
        var held = b.Arbiter.ClaimAsync(3, default).AsTask();
        await HalfSentAsync(b.Tag);

        var clock = Stopwatch.StartNew();
        var fence = await EndsAsync(a.Arbiter.ClaimAsync(3, default).AsTask(), "claim");

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Equal(1, fence.Token);
        proxy.HoldSyncs(false);
        _ = await Record.ExceptionAsync(() => EndsAsync(held, "end of the held claim"));
    }

    [SkippableFact]
    public async Task A_node_that_stands_still_in_the_middle_of_a_verdict_does_not_hold_up_that_of_a_third_E2()
    {
        var a = await UpAsync("a");
        var c = await UpAsync("c");
        await using var proxy = new SyncHoldingProxy(postgres.Server.Port);
        await using var b = await HalfSendingAsync("b", proxy);
        proxy.HoldSyncs(true);
        var held = b.Arbiter.DeclareDeadAsync(a.Identity, default).AsTask();
        await HalfSentAsync(b.Tag);

        Assert.Equal(Verdict.OtherIsDead, await EndsAsync(c.Arbiter.DeclareDeadAsync(b.Identity, default).AsTask(), "verdict"));

        Assert.Equal(NodeStatus.Up, await StatusAsync(a));
        proxy.HoldSyncs(false);
        var late = await Record.ExceptionAsync(async () => Assert.Equal(Verdict.ThisIsDead, await EndsAsync(held, "end of the held verdict")));
        Assert.True(late is null or ArbiterAwayException, late?.ToString());
    }

    [SkippableFact]
    public async Task A_joiner_that_stands_still_in_the_middle_of_a_statement_loses_its_turn_after_5_seconds_too_F5()
    {
        Needs.Postgres();
        await using var proxy = new SyncHoldingProxy(postgres.Server.Port);
        await using var joiner = new NpgsqlConnection($"{_connectionString};Port={proxy.Port};Pooling=false;Application Name=oc/frozen");
        await joiner.OpenAsync();
        await ExecuteAsync(joiner, NodeSql.IdleTimeout);
        await ExecuteAsync(joiner, NodeSql.LockTurn);
        proxy.HoldSyncs(true);
        var held = ExecuteAsync(joiner, "SELECT 1 WHERE $1 = 1", 1);
        await Eventually.TrueAsync(
            async () => await postgres.Server.ExecuteAsync("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'oc/frozen' AND state = 'active' AND wait_event = 'ClientRead'") is 1L,
            "the half-sent statement");

        // To the server it is not idle.
        var clock = Stopwatch.StartNew();
        await UpAsync("a");

        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(7));
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => EndsAsync(held, "end of the held statement"));
    }

    [SkippableFact]
    public async Task A_verdict_ends_all_connections_of_the_dead_node_and_no_others_E2()
    {
        var a = await UpAsync("a");
        var b = await UpAsync("b");
        var c = await UpAsync("c");
        await using var journal = await b.OpenJournalAsync();
        Assert.True(await ConnectionsAsync(b) > 3);

        await a.Arbiter.DeclareDeadAsync(b.Identity, default);

        // Those it has from then on find its row dead.
        var (a0, c0) = (await ConnectionsAsync(a), await ConnectionsAsync(c));
        Assert.True(a0 >= 4 && c0 >= 4);
        Assert.Equal(0L, await postgres.Server.ExecuteAsync(
            $"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{b.Description.ConnectionTag}' AND backend_start < (SELECT now() - interval '5 seconds')"));
        Assert.Equal(NodeStatus.Dead, await UntilAnsweredAsync(async token => (await b.Arbiter.LookAsync(0, token)).Mine));
    }

    [SkippableFact]
    public async Task Rows_that_a_stranger_holds_are_waited_for_and_named_if_it_takes_too_long()
    {
        var a = await UpAsync("a");
        var b = await UpAsync("b");
        await using var stranger = new NpgsqlConnection($"{_connectionString};Pooling=false;Application Name=psql");
        await stranger.OpenAsync();
        await ExecuteAsync(stranger, "BEGIN; SELECT * FROM node FOR UPDATE");

        var look = await LookAsync(a);
        var claim = a.Arbiter.ClaimAsync(1, default).AsTask();
        var away = await Assert.ThrowsAsync<ArbiterAwayException>(() => EndsAsync(claim, "claim"));
        var verdict = a.Arbiter.DeclareDeadAsync(b.Identity, default).AsTask();
        await PassAsync(TimeSpan.FromMilliseconds(800));
        Assert.False(verdict.IsCompleted);
        await ExecuteAsync(stranger, "ROLLBACK");

        Assert.Equal((NodeStatus.Up, true), (look.Mine, look.IsNoted));
        Assert.Contains("pg_stat_activity", away.Message, StringComparison.Ordinal);
        Assert.Equal(Verdict.OtherIsDead, await EndsAsync(verdict, "verdict"));
    }

    [SkippableFact]
    public async Task A_look_waits_for_nobody_and_says_when_it_was_not_noted()
    {
        var a = await UpAsync("a");
        await using var stranger = new NpgsqlConnection($"{_connectionString};Pooling=false;Application Name=psql");
        await stranger.OpenAsync();
        await ExecuteAsync(stranger, "BEGIN; SELECT * FROM look FOR UPDATE");

        Assert.False((await LookAsync(a)).IsNoted);
        await ExecuteAsync(stranger, "ROLLBACK");

        Assert.True((await LookAsync(a)).IsNoted);
    }

    [SkippableFact]
    public async Task A_node_whose_claim_waits_for_a_row_is_seen_to_look_all_the_same_F1()
    {
        var a = await UpAsync("a");
        await using var stranger = new NpgsqlConnection($"{_connectionString};Pooling=false;Application Name=psql");
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
    public async Task Of_two_verdicts_at_the_same_time_exactly_one_wins_100_times_F1()
    {
        var a = await UpAsync("a");
        var b = await UpAsync("b");
        for (var race = 0; race < 100; race++)
        {
            var both = await Task.WhenAll(UntilAnsweredAsync(token => a.Arbiter.DeclareDeadAsync(b.Identity, token)), UntilAnsweredAsync(token => b.Arbiter.DeclareDeadAsync(a.Identity, token)));

            Assert.Equal([Verdict.OtherIsDead, Verdict.ThisIsDead], both.Order());
            Assert.Equal(1L, await postgres.Server.ExecuteAsync($"SELECT count(*) FROM {Schema}.node WHERE status = 'up'"));
            await postgres.Server.ExecuteAsync($"UPDATE {Schema}.node SET status = 'up'");
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
            await postgres.Server.ExecuteAsync($"UPDATE {Schema}.node SET status = 'up'");
        }
    }

    [SkippableFact]
    public async Task A_restart_of_the_server_ends_no_node_and_each_holds_its_lock_again_soon()
    {
        Needs.Postgres();
        await using var server = await PostgresServer.StartAsync();
        _connectionString = await server.CreateSchemaAsync();
        var a = await UpAsync("a");
        var b = await UpAsync("b");

        await server.CrashAsync();
        await Assert.ThrowsAsync<ArbiterAwayException>(() => LookAsync(a));
        await Assert.ThrowsAsync<ArbiterAwayException>(() => EndsAsync(a.Arbiter.DeclareDeadAsync(b.Identity, default).AsTask(), "verdict"));
        await server.StartAgainAsync();

        Assert.Equal(["a", "b"], Names((await UntilAnsweredAsync(token => a.Arbiter.LookAsync(0, token))).Living));
        await Eventually.TrueAsync(
            async () => await server.ExecuteAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted") is 2L, "both locks", TimeSpan.FromSeconds(10));
        await DisposeAsync();
    }

    [SkippableFact]
    public async Task A_look_tells_of_a_new_config_G8()
    {
        var a = await UpAsync("a");
        Assert.Equal(0, (await LookAsync(a)).ConfigVersion);
        await using var database = await PostgresDatabase.OpenAsync(_connectionString!, "config");

        var version = await new PostgresSharedConfig(database).TryReplaceAsync(0, "{\"a\": 1}"u8.ToArray(), default);

        Assert.Equal(version, (await LookAsync(a)).ConfigVersion);
    }

    [SkippableFact]
    public async Task A_call_that_gets_no_answer_ends_in_2_seconds_and_the_next_one_goes_another_way()
    {
        var a = await UpAsync("a");
        a.Freeze();
        var clock = Stopwatch.StartNew();

        await Assert.ThrowsAsync<ArbiterAwayException>(() => LookAsync(a));
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(1.9), TimeSpan.FromSeconds(4));
        a.Thaw();

        clock.Restart();
        Assert.Equal(NodeStatus.Up, await UntilAnsweredAsync(async token => (await a.Arbiter.LookAsync(0, token)).Mine));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1.5));
    }

    [SkippableFact]
    public async Task A_tag_that_its_connections_do_not_have_is_refused()
    {
        var a = await NodeAsync("a");

        await Assert.ThrowsAsync<ArgumentException>(async () => await a.Arbiter.AdmitAsync(a.Description with { ConnectionTag = "oc/other" }, static (_, _) => new(false), default));
    }

    protected override async Task<ArbiterNode> OpenAsync(NodeDescription description)
    {
        Needs.Postgres();
        return await PostgresNode.OpenAsync(_connectionString!, description with { });
    }

    protected override Task EndsAsync(Task task, string what) => Eventually.EndsAsync(task, what);

    protected override Task PassAsync(TimeSpan time) => Task.Delay(time);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    private async Task<HalfSender> HalfSendingAsync(string name, SyncHoldingProxy proxy)
    {
        var way = new NpgsqlConnectionStringBuilder(_connectionString) { Port = proxy.Port };
        var database = await PostgresDatabase.OpenAsync(way.ConnectionString, name);
        var b = new HalfSender(database, new(new(name, 7, $"akka.ssl.tcp://opencode@{name}:7096"), 2, "1.2.3", "/srv", database.Tag));
        await b.Arbiter.AdmitAsync(b.Description, static (_, _) => new(false), default);
        await b.Arbiter.ConfirmUpAsync(default);
        return b;
    }

    private Task HalfSentAsync(string tag) => Eventually.TrueAsync(
        async () => await postgres.Server.ExecuteAsync(
            $"SELECT count(*) FROM pg_stat_activity a JOIN pg_locks l USING (pid) WHERE application_name = '{tag}' AND state = 'active' AND wait_event = 'ClientRead' AND l.relation = '{Schema}.node'::regclass") is > 0L,
        "the half-sent statement to hold rows");

    private async Task<long> ConnectionsAsync(ArbiterNode node) =>
        (long)(await postgres.Server.ExecuteAsync($"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{node.Description.ConnectionTag}'"))!;

    private sealed class HalfSender(PostgresDatabase database, NodeDescription description) : IAsyncDisposable
    {
        public NodeDescription Description => description;

        public NodeIdentity Identity => description.Identity;

        public string Tag => database.Tag;

        public PostgresArbiter Arbiter { get; } = new(database, TimeProvider.System);

        public async ValueTask DisposeAsync()
        {
            await Arbiter.DisposeAsync();
            await database.DisposeAsync();
        }
    }
}
