using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Batches;
using OpenCode.Actors.Storage.Postgres;
using OpenCode.Actors.Storage.Postgres.Batches;

namespace OpenCode.Actors.Benchmarks.Postgres;

/// <summary>The journal as a node has it open, following the others.</summary>
internal sealed class JournalNode(PostgresDatabase database, BatchJournal journal, Fence[] fences) : IAsyncDisposable
{
    public static async Task<JournalNode> OpenAsync(NodeTask task, string id)
    {
        var database = await PostgresDatabase.OpenAsync(task.Target, id);
        var journal = await PostgresJournal.OpenAsync(database, new(), TimeProvider.System);
        return new(database, journal, task.Fences);
    }

    public ValueTask<long> AppendAsync(EntryDraft[] events) => journal.AppendAsync(new(events, []) { Fences = fences }, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await journal.DisposeAsync();
        await database.DisposeAsync();
    }
}
