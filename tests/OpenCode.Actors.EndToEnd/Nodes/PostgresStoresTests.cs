using Microsoft.Extensions.Logging.Abstractions;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Postgres;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Batches;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Storage.Postgres;
using OpenCode.Actors.Storage.Postgres.Batches;
using OpenCode.Actors.Storage.Postgres.Nodes;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.EndToEnd.Nodes;

[Collection(NodesTests.Name)]
public sealed class PostgresLargeBodiesTests(PostgresFixture postgres) : LargeBodiesSpecification, IAsyncLifetime
{
    private PostgresDatabase? _database;
    private BatchJournal? _journal;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_journal is not null)
            await _journal.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    protected override async Task<ILargeBodies> OpenAsync()
    {
        _database ??= await PostgresDatabase.OpenAsync(await postgres.Server.CreateSchemaAsync(), "node-a");
        return new PostgresLargeBodies(_database);
    }

    protected override async Task<IJournal> OpenJournalAsync() => _journal = await PostgresJournal.OpenAsync(_database!, new(), TimeProvider.System);

    protected override async Task AgeAsync(TimeSpan by)
    {
        await _database!.RunAsync("test", sql => sql.ExecuteAsync("UPDATE large_body SET at = at - $1", by), default);
        await using var store = new PostgresBatchStore(_database!, TimeProvider.System, NullLogger.Instance);
        await store.TrimAsync(new(), default);
    }
}

[Collection(NodesTests.Name)]
public sealed class PostgresSharedConfigTests(PostgresFixture postgres) : SharedConfigSpecification, IAsyncLifetime
{
    private readonly List<PostgresDatabase> _databases = [];
    private string? _connectionString;

    public async Task InitializeAsync()
    {
        if (PostgresServer.IsInstalled)
            _connectionString = await postgres.Server.CreateSchemaAsync();
    }

    public async Task DisposeAsync()
    {
        foreach (var database in _databases)
            await database.DisposeAsync();
    }

    [SkippableFact]
    public async Task While_the_database_is_away_it_says_so()
    {
        Needs.Postgres();
        await using var server = await PostgresServer.StartAsync();
        _connectionString = await server.CreateSchemaAsync();
        var config = await OpenAsync();
        var bodies = new PostgresLargeBodies(_databases[^1]);
        await config.ReadAsync(default);

        await server.CrashAsync();
        await Assert.ThrowsAsync<ArbiterAwayException>(async () => await config.ReadAsync(default));
        await Assert.ThrowsAsync<ArbiterAwayException>(async () => await config.TryReplaceAsync(0, "{}"u8.ToArray(), default));
        await Assert.ThrowsAsync<ArbiterAwayException>(async () => await bodies.PutAsync("key", new byte[] { 1 }, default));
        await server.StartAgainAsync();

        Assert.Equal(0, (await config.ReadAsync(default)).Version);
        await bodies.PutAsync("key", new byte[] { 1 }, default);
        await DisposeAsync();
        _databases.Clear();
    }

    protected override async Task<ISharedConfig> OpenAsync()
    {
        Needs.Postgres();
        var database = await PostgresDatabase.OpenAsync(_connectionString!, $"node-{Guid.NewGuid():N}");
        lock (_databases)
            _databases.Add(database);
        return new PostgresSharedConfig(database);
    }
}
