using Npgsql;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Storage.Postgres;
using OpenCode.Actors.Storage.Postgres.Connections;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.EndToEnd.Postgres;

/// <summary>What a node meets when it opens the database.</summary>
[Collection(PostgresTests.Name)]
public sealed class StartTests(PostgresFixture postgres)
{
    [SkippableFact]
    public async Task Nodes_that_start_at_once_on_an_empty_database_make_one_schema()
    {
        var connectionString = await postgres.Server.CreateSchemaAsync();

        var databases = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => PostgresDatabase.OpenAsync(connectionString, $"node-{i}")));

        await using var connection = await databases[0].ConnectAsync(default);
        Assert.Equal(4, await ScalarAsync(connection, "SELECT version FROM schema_version"));
        Assert.Equal(64L, await ScalarAsync(connection, "SELECT count(*) FROM shard"));
        Assert.Matches("^[0-9A-Za-z]{8}$", (string?)await ScalarAsync(connection, "SELECT value FROM setting WHERE key = 'timeline'"));
        Assert.All(databases, d => Assert.Equal(1, d.Generation));
        foreach (var database in databases)
            await database.DisposeAsync();
    }

    [SkippableFact]
    public async Task The_role_of_init_sql_makes_the_default_schema_its_own_and_may_do_no_more()
    {
        await using var database = await PostgresDatabase.OpenAsync(postgres.Server.ConnectionString, "node-a");
        await using var connection = await database.ConnectAsync(default);

        Assert.Equal("opencode_actors", await ScalarAsync(connection, "SELECT current_schema()"));
        Assert.Equal("oc/node-a", await ScalarAsync(connection, "SELECT application_name FROM pg_stat_activity WHERE pid = pg_backend_pid()"));
        var refused = await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(connection, "CREATE SCHEMA another"));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [SkippableFact]
    public async Task A_schema_of_a_newer_program_is_refused_and_left_alone()
    {
        var connectionString = await postgres.Server.CreateSchemaAsync();
        await using (var database = await PostgresDatabase.OpenAsync(connectionString, "node-a"))
        await using (var connection = await database.ConnectAsync(default))
            await ScalarAsync(connection, "UPDATE schema_version SET version = 99");

        var refused = await Assert.ThrowsAsync<DatabaseVersionException>(() => PostgresDatabase.OpenAsync(connectionString, "node-b"));

        Assert.Equal((99, 4), (refused.Found, refused.Known));
    }

    [SkippableFact]
    public async Task A_schema_of_an_older_program_is_updated()
    {
        var connectionString = await postgres.Server.CreateSchemaAsync();
        var schema = connectionString[(connectionString.LastIndexOf('=') + 1)..];
        var first = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src", "OpenCode.Actors.Storage", "Postgres", "Schema", "0001.sql"));
        await postgres.Server.ExecuteAsync($"SET ROLE opencode; SET search_path = {schema}; CREATE TABLE schema_version (version int NOT NULL); INSERT INTO schema_version VALUES (1); {first}");

        await using var node = await JournalNode.OpenAsync(connectionString, "node-a");

        Assert.Equal(4, await postgres.Server.ExecuteAsync($"SELECT version FROM {schema}.schema_version"));
        Assert.Single(node.Journal.Timeline.Generations); // No update looks like a restore.
        Assert.Equal(1, await node.Journal.AppendAsync(Make.Batch(Make.Entry("1")), default));
    }

    [SkippableTheory]
    [InlineData("", "connection string")]
    [InlineData("Hots=x", "connection string")]
    [InlineData("Password=wrong", "Username and Password")]
    [InlineData("Username=nobody", "Username and Password")]
    [InlineData("Database=nothing", "Create the database")]
    [InlineData("Database=postgres", "rights")]
    [InlineData("Options=-c synchronous_commit=off", "synchronous_commit")]
    [InlineData("Target Session Attributes=standby", "take it out")]
    public async Task What_has_to_be_changed_is_said_and_not_tried_again(string change, string remedy)
    {
        var connectionString = change.Length == 0 ? "" : $"{postgres.Server.ConnectionString};{change}";

        var refused = await Assert.ThrowsAsync<DatabaseRefusedException>(() => PostgresDatabase.OpenAsync(connectionString, "node-a"));

        Assert.Contains(remedy, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Password=opencode", refused.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Where_nothing_listens_the_address_is_named()
    {
        Needs.Postgres();

        var refused = await Assert.ThrowsAsync<DatabaseUnreachableException>(() => PostgresDatabase.OpenAsync("Host=127.0.0.1;Port=1;Database=d;Username=u", "node-a"));

        Assert.Contains("127.0.0.1:1/d", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
