using System.Diagnostics;
using Npgsql;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Postgres;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Storage.Postgres;
using OpenCode.Actors.Storage.Postgres.Nodes;

namespace OpenCode.Actors.EndToEnd.Nodes;

/// <summary>Rule "One lock order" and rule "One joiner at a time": nodes that are still in the middle of a statement.</summary>
[Collection(NodesTests.Name)]
public sealed class HalfSentStatementTests(PostgresFixture postgres) : PostgresArbiterKit(postgres, new(postgres))
{
    // The server itself ends a statement after 10 s: what waited for that was held up.
    private static readonly TimeSpan _end = TimeSpan.FromSeconds(9);

    [SkippableFact]
    public async Task A_node_that_stands_still_in_the_middle_of_a_claim_does_not_hold_up_its_own_verdict()
    {
        var a = await UpAsync("a");
        await using var proxy = new SyncHoldingProxy(Server.Port);
        await using var b = await HalfSendingAsync("b", proxy);
        proxy.HoldSyncs(true);
        var held = b.Arbiter.ClaimAsync(3, default).AsTask();
        await HalfSentAsync(b.Tag);

        var clock = Stopwatch.StartNew();
        Assert.Equal(Verdict.OtherIsDead, await EndsAsync(a.Arbiter.DeclareDeadAsync(b.Identity, default).AsTask(), "verdict"));
        var fence = await EndsAsync(a.Arbiter.ClaimAsync(3, default).AsTask(), "claim");

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, _end);
        proxy.HoldSyncs(false);
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => EndsAsync(held, "end of the held claim"));
        Assert.True(fault is DeclaredDeadException or ArbiterAwayException, fault.ToString());
        Assert.Equal(new ShardRow(3, a.Identity, fence.Token), (await a.Arbiter.ReadShardsAsync(default))[3]);
    }

    [SkippableFact]
    public async Task A_node_that_stands_still_in_the_middle_of_a_claim_does_not_hold_up_the_claims_of_others()
    {
        var a = await UpAsync("a");
        await using var proxy = new SyncHoldingProxy(Server.Port);
        await using var b = await HalfSendingAsync("b", proxy);
        proxy.HoldSyncs(true);
        var held = b.Arbiter.ClaimAsync(3, default).AsTask();
        await HalfSentAsync(b.Tag);

        var clock = Stopwatch.StartNew();
        var fence = await EndsAsync(a.Arbiter.ClaimAsync(3, default).AsTask(), "claim");

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, _end);
        Assert.Equal(1, fence.Token);
        proxy.HoldSyncs(false);
        _ = await Record.ExceptionAsync(() => EndsAsync(held, "end of the held claim"));
    }

    [SkippableFact]
    public async Task A_node_that_stands_still_in_the_middle_of_a_verdict_does_not_hold_up_that_of_a_third()
    {
        var a = await UpAsync("a");
        var c = await UpAsync("c");
        await using var proxy = new SyncHoldingProxy(Server.Port);
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
    [Trait(Scale.Promises, Scale.Time)]
    public async Task A_joiner_that_stands_still_in_the_middle_of_a_statement_loses_its_turn_after_5_seconds_too()
    {
        Needs.Postgres();
        await using var proxy = new SyncHoldingProxy(Server.Port);
        await using var joiner = new NpgsqlConnection($"{Store.ConnectionString};Port={proxy.Port};Pooling=false;Application Name=oc/frozen");
        await joiner.OpenAsync();
        await ExecuteAsync(joiner, NodeSql.IdleTimeout);
        await ExecuteAsync(joiner, NodeSql.LockTurn);
        var clock = Stopwatch.StartNew();
        proxy.HoldSyncs(true);
        var held = ExecuteAsync(joiner, "SELECT 1 WHERE $1 = 1", 1);
        await Eventually.TrueAsync(
            async () => await Server.ExecuteAsync("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'oc/frozen' AND state = 'active' AND wait_event = 'ClientRead'") is 1L,
            "the half-sent statement");

        // To the server it is not idle.
        await UpAsync("a");

        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(4), Scale.Bound(8));
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => EndsAsync(held, "end of the held statement"));
    }

    private async Task<HalfSender> HalfSendingAsync(string name, SyncHoldingProxy proxy)
    {
        var way = new NpgsqlConnectionStringBuilder(Store.ConnectionString) { Port = proxy.Port };
        var database = await PostgresDatabase.OpenAsync(way.ConnectionString, name);
        var b = new HalfSender(database, new(new(name, 7, $"akka.ssl.tcp://opencode@{name}:7096"), 2, "1.2.3", "/srv", database.Tag));
        await b.Arbiter.AdmitAsync(b.Description, static (_, _) => new(false), default);
        await b.Arbiter.ConfirmUpAsync(default);
        return b;
    }

    private Task HalfSentAsync(string tag) => Eventually.TrueAsync(
        async () => await Server.ExecuteAsync(
            $"SELECT count(*) FROM pg_stat_activity a JOIN pg_locks l USING (pid) WHERE application_name = '{tag}' AND state = 'active' AND wait_event = 'ClientRead' AND l.relation = '{Store.Schema}.node'::regclass") is > 0L,
        "the half-sent statement to hold rows");

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
