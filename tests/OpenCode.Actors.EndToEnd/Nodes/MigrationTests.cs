using Npgsql;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Postgres;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Storage.Postgres;
using OpenCode.Actors.Storage.Postgres.Connections;
using OpenCode.Actors.Storage.Postgres.Nodes;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.EndToEnd.Nodes;

/// <summary>Upgrades a database of nodes of the protocol before, whose schema has version 3 (rule "No mixed protocols").</summary>
[Collection(NodesTests.Name)]
public sealed class MigrationTests(PostgresFixture postgres)
{
    [SkippableFact]
    public async Task A_schema_of_version_3_without_living_nodes_is_updated_and_keeps_its_tokens()
    {
        var (connectionString, schema) = await MakeVersion3Async();

        await using var node = await StoreNode.OpenAsync(connectionString, "node-a");

        Assert.Equal(4, await node.ScalarAsync("SELECT version FROM schema_version"));
        Assert.Equal(0L, await node.ScalarAsync("SELECT count(*) FROM node"));
        Assert.Equal(7L, await node.ScalarAsync("SELECT token FROM shard WHERE part = 5 AND owner IS NULL AND uid IS NULL"));
        Assert.Null(await node.Store.AppendAsync(StoreNode.Batch(1, 1, ["a"], new Fence(5, 6)), null, default));
        Assert.NotNull(await node.Store.AppendAsync(StoreNode.Batch(1, 1, ["a"], new Fence(5, 7)), null, default));
        Assert.Equal("{}", await node.ScalarAsync("SELECT json FROM config"));
        Assert.Equal($"{schema}", await node.ScalarAsync("SELECT current_schema()"));
    }

    [SkippableTheory]
    [InlineData("its lock")]
    [InlineData("a connection")]
    public async Task It_is_refused_and_nothing_is_changed_while_an_older_node_lives(string shows)
    {
        var (connectionString, schema) = await MakeVersion3Async();
        await using (var old = new NpgsqlConnection($"{connectionString};Pooling=false;Application Name={(shows == "its lock" ? "another" : "oc/old")}"))
        {
            await old.OpenAsync();
            if (shows == "its lock")
                await ExecuteAsync(old, "SELECT pg_advisory_lock(hashtextextended(current_schema() || '/old/3', 0))");

            var refused = await Assert.ThrowsAsync<DatabaseRefusedException>(() => PostgresDatabase.OpenAsync(connectionString, "node-a"));

            Assert.Contains("'old' (http://old:4096/)", refused.Message, StringComparison.Ordinal);
            Assert.Contains("Stop all of them", refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("gone", refused.Message, StringComparison.Ordinal);
            Assert.Equal(3, await postgres.Server.ExecuteAsync($"SELECT version FROM {schema}.schema_version"));
            Assert.Equal("up", await postgres.Server.ExecuteAsync($"SELECT status FROM {schema}.node WHERE name = 'old'"));
        }

        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    await using var database = await PostgresDatabase.OpenAsync(connectionString, "node-a");
                    return true;
                }
                catch (DatabaseRefusedException)
                {
                    return false;
                }
            },
            "the update once the older node has ended");
        Assert.Equal(4, await postgres.Server.ExecuteAsync($"SELECT version FROM {schema}.schema_version"));
    }

    [SkippableFact]
    public async Task Nodes_that_start_at_once_on_version_3_update_it_once()
    {
        var (connectionString, _) = await MakeVersion3Async();

        var databases = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => PostgresDatabase.OpenAsync(connectionString, $"node-{i}")));

        var bodies = new PostgresLargeBodies(databases[0]);
        await bodies.PutAsync("key", Make.Json(10), default);
        Assert.NotNull(await new PostgresLargeBodies(databases[3]).ReadAsync("key", default));
        foreach (var database in databases)
            await database.DisposeAsync();
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<(string ConnectionString, string Schema)> MakeVersion3Async()
    {
        var connectionString = await postgres.Server.CreateSchemaAsync();
        var schema = new NpgsqlConnectionStringBuilder(connectionString).SearchPath!;
        var scripts = "";
        for (var version = 1; version <= 3; version++)
            scripts += await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src", "OpenCode.Actors.Storage", "Postgres", "Schema", $"000{version}.sql"));
        await postgres.Server.ExecuteAsync(
            $"""
            SET ROLE opencode; SET search_path = {schema};
            CREATE TABLE schema_version (version int NOT NULL); INSERT INTO schema_version VALUES (3);
            {scripts}
            INSERT INTO node (name, inc, status, url, tag, protocol, version) VALUES ('old', 3, 'up', 'http://old:4096/', 'oc/old', 1, '1.0'), ('gone', 1, 'dead', 'http://gone:4096/', 'oc/gone', 1, '1.0');
            UPDATE shard SET owner = 'old', inc = 3, token = 7 WHERE part = 5;
            """);
        return (connectionString, schema);
    }
}
