using Microsoft.Data.Sqlite;
using OpenCode.Actors.Journal.Stores;
using SQLitePCL;

namespace OpenCode.Actors.Storage.Sqlite;

/// <summary>Appends batches with prepared statements (rule "One batch, one transaction", rule "Durable before visible", rule "One holder"). Only the writing thread uses it.</summary>
internal sealed class SqliteAppend : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _rollback;
    private readonly SqliteCommand _generation;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _put;
    private readonly SqliteCommand _delete;
    private bool _isFull = true;

    public SqliteAppend(SqliteConnection connection)
    {
        _connection = connection;
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _generation = Prepare("SELECT max(number) FROM generation");
        _insert = Prepare(
            "INSERT INTO log_batch (first, count, generation, at, bytes, body) VALUES ($first, $count, $generation, $at, $bytes, $body)",
            "$first", "$count", "$generation", "$at", "$bytes", "$body");
        _put = Prepare(
            """
            INSERT INTO state (born, kind, owner, key, pos, body) VALUES ($born, $kind, $owner, $key, $pos, $body)
            ON CONFLICT (owner, kind, key) DO UPDATE SET pos = excluded.pos, body = excluded.body
            """,
            "$born", "$kind", "$owner", "$key", "$pos", "$body");
        _delete = Prepare("DELETE FROM state WHERE owner = $owner AND kind = $kind AND key = $key", "$owner", "$kind", "$key");
    }

    /// <summary>Appends a batch, all or nothing.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="head">The head before it.</param>
    /// <param name="at">The time of its entries, in microseconds since 1970.</param>
    /// <returns>The head after it; null if the file is in another generation, and nothing was written.</returns>
    /// <exception cref="SqliteException">Nothing was written; or after a failed commit, nothing is known.</exception>
    public SqliteHead? Run(StoreBatch batch, SqliteHead head, long at)
    {
        Sync(batch.IsDurable);
        return InTransaction(() => Write(batch, head, at));
    }

    /// <summary>Runs other work in a transaction, which is synced only with the next durable batch.</summary>
    /// <param name="work">The work; null from it takes all of it back.</param>
    public T? RunVolatile<T>(Func<T?> work)
    {
        Sync(isDurable: false);
        return InTransaction(work);
    }

    /// <summary>Runs other work in a transaction that survives a power cut.</summary>
    /// <param name="work">The work; null from it takes all of it back.</param>
    public T? RunDurable<T>(Func<T?> work)
    {
        Sync(isDurable: true);
        return InTransaction(work);
    }

    public void Dispose()
    {
        foreach (var command in (SqliteCommand[])[_begin, _commit, _rollback, _generation, _insert, _put, _delete])
            command.Dispose();
    }

    private T? InTransaction<T>(Func<T?> work)
    {
        _begin.ExecuteNonQuery();
        try
        {
            if (work() is { } result)
            {
                _commit.ExecuteNonQuery();
                return result;
            }
        }
        catch (SqliteException)
        {
            Rollback();
            throw;
        }

        Rollback();
        return default;
    }

    private SqliteHead? Write(StoreBatch batch, SqliteHead head, long at)
    {
        var after = new SqliteHead(head.Position + batch.EntryCount, head.Bytes + batch.Body.Length, head.Born + batch.Changes.Count);
        if (_generation.ExecuteScalar() is not long generation || generation != batch.Generation)
            return null;

        if (batch.EntryCount > 0)
        {
            Bind(_insert, head.Position + 1, batch.EntryCount, batch.Generation, at, after.Bytes);
            BindBytes(_insert, 5, batch.Body);
            _insert.ExecuteNonQuery();
        }

        for (var i = 0; i < batch.Changes.Count; i++)
            Write(batch.Changes[i], head, i);
        return after;
    }

    private void Write(StoreChange change, SqliteHead head, int place)
    {
        if (change.Json is null || change.Anew)
        {
            Bind(_delete, change.Owner, change.Kind, change.Key);
            _delete.ExecuteNonQuery();
        }

        if (change.Json is not { } json)
            return;

        Bind(_put, head.Born + 1 + place, change.Kind, change.Owner, change.Key, head.Position + change.EntriesThrough);
        BindBytes(_put, 5, json);
        _put.ExecuteNonQuery();
    }

    // durable-before-visible: it cannot be changed inside a transaction.
    private void Sync(bool isDurable)
    {
        if (_isFull == isDurable)
            return;

        HubFile.Run(_connection, isDurable ? "PRAGMA synchronous = full" : "PRAGMA synchronous = normal");
        _isFull = isDurable;
    }

    // SQLite has rolled back by itself after some errors.
    private void Rollback()
    {
        if (raw.sqlite3_get_autocommit(_connection.Handle) == 0)
            _rollback.ExecuteNonQuery();
    }

    private SqliteCommand Prepare(string sql, params string[] parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters)
            command.Parameters.Add(new SqliteParameter(name, null));
        command.Prepare();
        return command;
    }

    private static void Bind(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
    }

    // Where the bytes are not the start of an array, they are copied.
    private static void BindBytes(SqliteCommand command, int index, ReadOnlyMemory<byte> bytes)
    {
        var parameter = command.Parameters[index];
        var isWhole = System.Runtime.InteropServices.MemoryMarshal.TryGetArray(bytes, out var array) && array.Offset == 0;
        parameter.Value = isWhole ? array.Array! : bytes.ToArray();
        parameter.Size = bytes.Length;
    }
}

/// <summary>Where the next batch goes. This process has the file for itself, so it knows.</summary>
/// <param name="Position">The offset of the last entry.</param>
/// <param name="Bytes">The size of the bodies up to it.</param>
/// <param name="Born">The greatest number of a row of state.</param>
internal sealed record SqliteHead(long Position, long Bytes, long Born)
{
    /// <summary>Reads it.</summary>
    public static SqliteHead Read(SqliteConnection connection) => new(
        HubFile.Number(connection, SqliteTimeline.Head),
        HubFile.Number(connection, "SELECT bytes FROM log_batch ORDER BY first DESC LIMIT 1"),
        HubFile.Number(connection, "SELECT max(born) FROM state"));
}
