using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Batches;
using OpenCode.Actors.Storage.Postgres;
using OpenCode.Actors.Storage.Postgres.Batches;

namespace OpenCode.Actors.EndToEnd.Postgres;

/// <summary>The journal of one node, with its connections.</summary>
internal sealed class JournalNode : IAsyncDisposable
{
    private readonly PostgresDatabase _database;

    private JournalNode(string name, PostgresDatabase database, BatchJournal journal) => (Name, _database, Journal) = (name, database, journal);

    public string Name { get; }

    public BatchJournal Journal { get; }

    public static async Task<JournalNode> OpenAsync(string connectionString, string name, JournalOptions? options = null)
    {
        var database = await PostgresDatabase.OpenAsync(connectionString, name);
        return new(name, database, await PostgresJournal.OpenAsync(database, options ?? new(), TimeProvider.System));
    }

    public async Task<List<LogEntry>> ReadAsync(long after = 0)
    {
        var entries = new List<LogEntry>();
        await foreach (var page in Journal.ReadAsync(after, EntryFilter.All, default))
            entries.AddRange(page.Entries);

        return entries;
    }

    public async ValueTask DisposeAsync()
    {
        await Journal.DisposeAsync();
        await _database.DisposeAsync();
    }
}
