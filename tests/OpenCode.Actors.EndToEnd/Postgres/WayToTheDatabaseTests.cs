using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Storage.Postgres;
using OpenCode.Actors.Storage.Postgres.Connections;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.EndToEnd.Postgres;

/// <summary>What is between a node and its database.</summary>
[Collection(PostgresTests.Name)]
public sealed class WayToTheDatabaseTests(PostgresFixture postgres)
{
    [SkippableTheory]
    [InlineData("transaction", "")]
    [InlineData("transaction", "options,search_path")]
    [InlineData("statement", "options,search_path")]
    public async Task A_pool_that_lends_connections_for_less_than_a_session_is_refused_with_what_to_do(string mode, string ignored)
    {
        Needs.PgBouncer();
        await using var pool = await PgBouncer.StartAsync(postgres.Server, mode, ignored);

        var refused = await Assert.ThrowsAsync<DatabaseRefusedException>(() => PostgresDatabase.OpenAsync(pool.ConnectionString, "node-a"));

        Assert.Contains("connect to PostgreSQL itself", refused.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_socket_in_the_file_system_leads_there_too()
    {
        Needs.Postgres();
        await using var server = await PostgresServer.StartAsync("unix_socket_directories = '/tmp'");
        await using var node = await JournalNode.OpenAsync(server.ConnectionString.Replace("Host=127.0.0.1", "Host=/tmp", StringComparison.Ordinal), "node-a");

        Assert.Equal(1, await node.Journal.AppendAsync(Make.Batch(Make.Entry("1")), default));
        Assert.Equal(["1"], (await node.ReadAsync()).Select(e => e.Type));
    }
}
