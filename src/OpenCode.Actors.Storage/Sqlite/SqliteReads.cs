using Microsoft.Data.Sqlite;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Stores;
using OpenCode.Actors.Storage.Sqlite.Doors;

namespace OpenCode.Actors.Storage.Sqlite;

/// <summary>Reads on a thread and a connection of its own: each reading is one statement that is stepped to its end.</summary>
/// <param name="file">The file.</param>
/// <param name="thread">The name of the thread.</param>
internal sealed class SqliteReads(HubFile file, string thread) : IAsyncDisposable
{
    private const int PageRows = 512;

    private readonly StoreThread _thread = new(thread, continuesHere: false);
    private SqliteConnection? _connection;
    private SqliteCommand? _page;
    private SqliteCommand? _owner;
    private SqliteCommand? _kind;

    public async ValueTask OpenAsync() => await RunAsync(() =>
    {
        _connection = file.OpenReader();
        _page = _connection.Prepare(
            """
            SELECT first, count, generation, at, body FROM log_batch
            WHERE first >= coalesce((SELECT max(first) FROM log_batch WHERE first <= $after), 0) ORDER BY first LIMIT 512
            """,
            "$after");
        _owner = _connection.Prepare("SELECT kind, owner, key, body, pos FROM state WHERE owner = $owner ORDER BY born", "$owner");
        _kind = _connection.Prepare("SELECT kind, owner, key, body, pos FROM state WHERE kind = $kind ORDER BY born", "$kind");
        return true;
    }).ConfigureAwait(false);

    /// <summary>Reads batches; see <see cref="IBatchStore.ReadAsync"/>.</summary>
    public ValueTask<StorePage> PageAsync(long after, int pageBytes, DateTimeOffset now) => RunAsync(() => Page(after, pageBytes, now));

    /// <summary>Reads the rows of an owner, in the order in which they were first written.</summary>
    public ValueTask<IReadOnlyList<StateRow>> OwnerAsync(string owner) => RunAsync<IReadOnlyList<StateRow>>(() => Rows(_owner!, owner));

    /// <summary>Reads the rows of a kind, in the order in which they were first written.</summary>
    public ValueTask<IReadOnlyList<StateRow>> KindAsync(string kind) => RunAsync<IReadOnlyList<StateRow>>(() => Rows(_kind!, kind));

    public async ValueTask DisposeAsync() => await _thread.EndAsync(() =>
    {
        _page?.Dispose();
        _owner?.Dispose();
        _kind?.Dispose();
        _connection?.Dispose();
    }).ConfigureAwait(false);

    private StorePage Page(long after, int pageBytes, DateTimeOffset now)
    {
        var batches = new List<StoredBatch>();
        _page!.Parameters[0].Value = after;
        using var row = _page.ExecuteReader();
        var bytes = 0L;
        while (row.Read())
        {
            if (bytes >= pageBytes)
                return new(batches, false, now);

            var batch = new StoredBatch(row.GetInt64(0), row.GetInt32(1), row.GetInt64(2), SqliteTime.Read(row.GetInt64(3)), default);
            batches.Add(batch.Last <= after ? batch : batch with { Body = row.GetFieldValue<byte[]>(4) });
            bytes += batches[^1].Body.Length;
        }

        return new(batches, batches.Count < PageRows, now);
    }

    private static List<StateRow> Rows(SqliteCommand command, string name)
    {
        var rows = new List<StateRow>();
        command.Parameters[0].Value = name;
        using var row = command.ExecuteReader();
        while (row.Read())
            rows.Add(new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetFieldValue<byte[]>(3), row.GetInt64(4)));

        return rows;
    }

    private async ValueTask<T> RunAsync<T>(Func<T> read)
    {
        try
        {
            return await _thread.RunAsync(read).ConfigureAwait(false);
        }
        catch (SqliteException e)
        {
            throw SqliteFaults.Translate(e, file.Path);
        }
    }
}
