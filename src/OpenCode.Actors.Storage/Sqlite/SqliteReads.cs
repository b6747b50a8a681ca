using Microsoft.Data.Sqlite;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Stores;

namespace OpenCode.Actors.Storage.Sqlite;

/// <summary>Reads on one connection: each is one statement that is stepped to its end. Not thread-safe: one thread has it.</summary>
internal sealed class SqliteReads : IDisposable
{
    private const int PageRows = 512;

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _page;
    private readonly SqliteCommand _owner;
    private readonly SqliteCommand _kind;

    public SqliteReads(SqliteConnection connection)
    {
        _connection = connection;
        _page = Prepare(
            """
            SELECT first, count, generation, at, body FROM log_batch
            WHERE first >= coalesce((SELECT max(first) FROM log_batch WHERE first <= $after), 0) ORDER BY first LIMIT 512
            """,
            "$after");
        _owner = Prepare("SELECT kind, owner, key, body, pos FROM state WHERE owner = $owner ORDER BY born", "$owner");
        _kind = Prepare("SELECT kind, owner, key, body, pos FROM state WHERE kind = $kind ORDER BY born", "$kind");
    }

    /// <summary>Reads batches; see <see cref="IBatchStore.ReadAsync"/>.</summary>
    public StorePage Page(long after, int pageBytes, DateTimeOffset now)
    {
        var batches = new List<StoredBatch>();
        _page.Parameters[0].Value = after;
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

    /// <summary>Reads the rows of an owner, in the order in which they were first written.</summary>
    public IReadOnlyList<StateRow> Owner(string owner) => Rows(_owner, owner);

    /// <summary>Reads the rows of a kind, in the order in which they were first written.</summary>
    public IReadOnlyList<StateRow> Kind(string kind) => Rows(_kind, kind);

    public void Dispose()
    {
        _page.Dispose();
        _owner.Dispose();
        _kind.Dispose();
        _connection.Dispose();
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

    private SqliteCommand Prepare(string sql, string parameter)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.Add(new SqliteParameter(parameter, null));
        command.Prepare();
        return command;
    }
}
