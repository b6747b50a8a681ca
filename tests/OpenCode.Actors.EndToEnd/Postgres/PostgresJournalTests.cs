using OpenCode.Actors.Journal;
using OpenCode.Actors.Storage.Postgres;
using OpenCode.Actors.Storage.Postgres.Batches;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.EndToEnd.Postgres;

/// <summary>What every journal keeps, on a real server.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresJournalTests(PostgresFixture postgres) : JournalSpecification
{
    private readonly List<PostgresDatabase> _databases = [];
    private string? _connectionString;

    protected override bool StartsAreGenerations => false;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var database in _databases)
            await database.DisposeAsync();
    }

    protected override async Task<IJournal> OpenAsync()
    {
        _connectionString ??= await postgres.Server.CreateSchemaAsync();
        var database = await PostgresDatabase.OpenAsync(_connectionString, $"node-{_databases.Count}");
        _databases.Add(database);
        return await PostgresJournal.OpenAsync(database, new(), TimeProvider.System);
    }
}
