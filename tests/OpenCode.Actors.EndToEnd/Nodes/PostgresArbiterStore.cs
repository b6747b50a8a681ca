using Npgsql;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Postgres;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.EndToEnd.Nodes;

/// <summary>Arbiters on a real server, with a schema for each test.</summary>
public sealed class PostgresArbiterStore(PostgresFixture postgres) : ArbiterStore
{
    public override TimeProvider Time => TimeProvider.System;

    public string? ConnectionString { get; set; }

    public string Schema => new NpgsqlConnectionStringBuilder(ConnectionString).SearchPath!;

    public override async Task InitializeAsync()
    {
        if (PostgresServer.IsInstalled)
            ConnectionString = await postgres.Server.CreateSchemaAsync();
    }

    public override async Task<ArbiterNode> OpenAsync(NodeDescription description)
    {
        Needs.Postgres();
        return await PostgresNode.OpenAsync(ConnectionString!, description);
    }

    public override Task EndsAsync(Task task, string what) => Eventually.EndsAsync(task, what);

    public override Task PassAsync(TimeSpan time) => Task.Delay(time);
}
