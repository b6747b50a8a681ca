using System.Diagnostics;
using Npgsql;
using OpenCode.Actors.Clustering;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Postgres;
using OpenCode.Actors.Postgres.Membership;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.EndToEnd.Postgres;

/// <summary>Membership on a real server: the suite, and what only locks and connections of a real one show.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresMembershipTests(PostgresFixture postgres) : MembershipSpecification
{
    private readonly List<PostgresDatabase> _databases = [];
    private string _connectionString = "";

    public override async Task InitializeAsync()
    {
        if (PostgresServer.IsInstalled)
            _connectionString = await postgres.Server.CreateSchemaAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var database in _databases)
            await database.DisposeAsync();
    }

    [SkippableFact]
    public async Task Of_a_renewal_and_a_reaper_that_race_exactly_one_wins_200_times()
    {
        var reaper = await NodeAsync("reaper");
        var (renewed, reaped) = (0, 0);
        var racer = await NodeAsync("racer");
        for (var race = 0; race < 200; race++)
        {
            var seen = (await reaper.Membership.LookAsync(default)).Members.Single(m => m.Member.Name == "racer").Member;

            // Nobody's backends are ended here: the row decides, not the connection.
            var dead = reaper.Membership.DeclareDeadAsync(seen with { Tag = "nobody" }, default).AsTask();
            var alive = racer.Membership.RenewAsync(racer.Member, default).AsTask();

            Assert.NotEqual(await dead, await alive);
            Assert.Equal(await alive, await racer.Membership.RenewAsync(racer.Member, default));
            if (await alive)
                renewed++;
            else
                racer = racer with { Member = await racer.Membership.JoinAsync(Describe("racer"), default) };
            reaped += await dead ? 1 : 0;
        }

        Assert.Equal(200, renewed + reaped);
    }

    [SkippableFact]
    public async Task A_call_whose_idle_connection_has_ended_meanwhile_is_made_on_a_new_one()
    {
        var a = await NodeAsync("a");
        var b = await NodeAsync("b");
        Assert.Equal(0, await a.Membership.AssignOrphansAsync(default)); // The connection is there from now on.

        var ended = await postgres.Server.ExecuteAsync(
            $"WITH theirs AS MATERIALIZED (SELECT pid FROM pg_stat_activity WHERE application_name = '{a.Member.Tag}') SELECT count(pg_terminate_backend(pid, 10000)) FROM theirs");

        Assert.True((long)ended! > 0);
        Assert.True(await a.Membership.BeginLeaveAsync(a.Member, default));
        Assert.Equal(MemberStatus.Leaving, (await b.Membership.LookAsync(default)).Members.Single(seen => seen.Member.Name == "a").Member.Status);
    }

    [SkippableFact]
    public async Task A_takeover_ends_the_connections_of_the_dead_node_that_hold_its_shards_and_no_others_E2()
    {
        var a = await NodeAsync("a");
        var b = await NodeAsync("b");
        await using var zombie = await HoldShardsAsync("oc/a");

        var clock = Stopwatch.StartNew();
        Assert.True(await b.Membership.DeclareDeadAsync(a.Member, default));

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Scale.Bound(1));
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => ExecuteAsync(zombie, "SELECT 1"));
        Assert.True(await b.Membership.RenewAsync(b.Member, default));
    }

    [SkippableFact]
    public async Task A_takeover_that_does_not_get_a_lock_in_time_is_made_again_E2()
    {
        var a = await NodeAsync("a");
        var b = await NodeAsync("b");
        var other = await HoldShardsAsync("a dump");

        var takeover = b.Membership.DeclareDeadAsync(a.Member, default).AsTask();
        await Task.Delay(TimeSpan.FromSeconds(2.5)); // Longer than the lock_timeout of 2 s.
        Assert.False(takeover.IsCompleted);
        await other.DisposeAsync();

        Assert.True(await takeover);
    }

    [SkippableFact]
    public async Task A_renewal_does_not_wait_for_a_takeover_that_waits_for_a_shard()
    {
        var a = await NodeAsync("a");
        var b = await NodeAsync("b");
        await using var other = await HoldShardsAsync("a dump");
        var takeover = b.Membership.DeclareDeadAsync(a.Member, default).AsTask();

        var clock = Stopwatch.StartNew();
        Assert.True(await b.Membership.RenewAsync(b.Member, default));
        await b.Membership.LookAsync(default);

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Scale.Bound(1));
        await other.DisposeAsync();
        await takeover;
    }

    [SkippableFact]
    public async Task A_heartbeat_that_lost_its_connection_takes_its_lock_again()
    {
        var a = await NodeAsync("a");
        var b = await NodeAsync("b");
        await postgres.Server.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'oc/a'");

        await Assert.ThrowsAsync<MembershipUnavailableException>(async () => await a.Membership.RenewAsync(a.Member, default));
        Assert.True(await a.Membership.RenewAsync(a.Member, default));

        Assert.True((await b.Membership.LookAsync(default)).Members.Single(m => m.Member.Name == "a").IsLockHeld);
    }

    [SkippableFact]
    public async Task Nodes_that_join_at_once_on_an_empty_database_all_join_and_no_shard_is_left_over()
    {
        Needs.Postgres();
        var nodes = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => NodeAsync($"n{i}")));

        var look = await nodes[0].Membership.LookAsync(default);

        Assert.Equal(5, look.Members.Count);
        Assert.All(look.Shards, row => Assert.Contains(nodes, node => node.Member.Owns(row)));
    }

    [SkippableFact]
    public async Task A_restart_of_the_server_is_a_new_life_in_which_nobodys_lock_is_held_until_its_node_renews_F2()
    {
        Needs.Postgres();
        await using var server = await PostgresServer.StartAsync();
        _connectionString = await server.CreateSchemaAsync();
        var a = await NodeAsync("a");
        var b = await NodeAsync("b");
        var before = await a.Membership.LookAsync(default);

        await server.StopAsync();
        await Assert.ThrowsAsync<MembershipUnavailableException>(async () => await a.Membership.LookAsync(default));
        await server.StartAgainAsync();
        var after = await a.Membership.LookAsync(default);

        Assert.NotEqual(before.Life, after.Life);
        Assert.NotEqual(before.Connection, after.Connection);
        Assert.All(after.Members, seen => Assert.False(seen.IsLockHeld));
        await Assert.ThrowsAsync<MembershipUnavailableException>(async () => await b.Membership.RenewAsync(b.Member, default));
        Assert.True(await b.Membership.RenewAsync(b.Member, default));
        Assert.Equal([false, true], (await a.Membership.LookAsync(default)).Members.Select(seen => seen.IsLockHeld));
        await DisposeAsync();
        _databases.Clear();
    }

    protected override async ValueTask<IMembership> OpenAsync(string tag)
    {
        Needs.Postgres();
        var database = await PostgresDatabase.OpenAsync(_connectionString, tag["oc/".Length..]);
        lock (_databases)
            _databases.Add(database);
        return new PostgresMembership(database);
    }

    private async Task<NpgsqlConnection> HoldShardsAsync(string applicationName)
    {
        var connection = new NpgsqlConnection($"{_connectionString};Pooling=false;Application Name={applicationName}");
        await connection.OpenAsync();
        await ExecuteAsync(connection, "BEGIN; SELECT part FROM shard ORDER BY part FOR SHARE");
        return connection;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
