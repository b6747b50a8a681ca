using Npgsql;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Postgres;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.EndToEnd.Nodes;

/// <summary>An arbiter's nodes on a real server, and connections of strangers to it.</summary>
public abstract class PostgresArbiterKit(PostgresFixture postgres, PostgresArbiterStore store) : ArbiterSpecification(store)
{
    private protected PostgresServer Server => postgres.Server;

    private protected new PostgresArbiterStore Store => (PostgresArbiterStore)base.Store;

    private protected static async Task ExecuteAsync(NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
    }
}
