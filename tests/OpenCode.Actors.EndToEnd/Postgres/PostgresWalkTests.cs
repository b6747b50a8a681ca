using Npgsql;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Storage.Postgres;
using OpenCode.Actors.Storage.Postgres.Batches;
using OpenCode.Actors.Tests.Specifications;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Postgres;

/// <summary>The walks of the engine on a real server, each process with a line of its own. A kill resets its connections, with statements half sent, under way or unanswered.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresWalkTests(PostgresFixture postgres, ITestOutputHelper output) : JournalWalkSpecification(output)
{
    protected override int Walks => Scale.Of(4, 60);

    private protected override IWalkedStore MakeStore(int seed) => new Walked(postgres.Server, new Random(seed));

    private sealed class Walked(PostgresServer server, Random random) : IWalkedStore
    {
        private readonly ManualTime _time = new();
        private string? _connectionString;
        private NodeLine? _line;
        private PostgresDatabase? _database;
        private int _starts;

        public IReadOnlyList<WalkEnd> Ends => [WalkEnd.Closed, WalkEnd.Killed];

        public async Task<IJournal> OpenAsync(JournalOptions options)
        {
            var way = new NpgsqlConnectionStringBuilder(_connectionString ??= await server.CreateSchemaAsync());
            _line = new(way.Port);
            way.Port = _line.Port;
            _database = await PostgresDatabase.OpenAsync(way.ConnectionString, $"{way.SearchPath!.Trim('"')}-{++_starts}");
            return await PostgresJournal.OpenAsync(_database, options, _time);
        }

        public void Hold() => _line?.Freeze();

        public void Release() => _line?.Thaw();

        public void Advance(TimeSpan time) => _time.Advance(time);

        public async Task EndAsync(IJournal journal, WalkEnd how)
        {
            if (how == WalkEnd.Closed || random.Next(2) == 0)
                _line!.Thaw(); // What was held goes on its way.
            if (how == WalkEnd.Killed)
                _line!.Cut(true);

            var closing = journal.DisposeAsync().AsTask();
            await Eventually.TrueAsync(
                () =>
                {
                    _time.Advance(TimeSpan.FromSeconds(1)); // It tries for 3 s to have its appends decided.
                    return closing.IsCompleted;
                },
                "the journal to close");
            await closing;
            await _database!.DisposeAsync();
            await _line!.DisposeAsync();

            // Until then the server may still commit what it was sent.
            await Eventually.TrueAsync(
                async () => await server.ExecuteAsync($"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{_database.Tag}'") is 0L, "the server to end its processes");
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
