using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using OpenCode.Actors.Journal.Stores;

namespace OpenCode.Actors.Storage.Sqlite;

/// <summary>Appends batches with prepared statements (rule "One batch, one transaction", rule "Durable before visible", rule "One holder"). Only the writing thread uses it.</summary>
internal sealed class SqliteAppend(SqliteConnection connection, SqliteTransactions transactions) : IDisposable
{
    private readonly SqliteCommand _generation = connection.Prepare(SqliteTimeline.CurrentGeneration);
    private readonly SqliteCommand _insert = connection.Prepare(
        "INSERT INTO log_batch (first, count, generation, at, bytes, body) VALUES ($first, $count, $generation, $at, $bytes, $body)",
        "$first", "$count", "$generation", "$at", "$bytes", "$body");

    private readonly SqliteCommand _put = connection.Prepare(
        """
        INSERT INTO state (born, kind, owner, key, pos, body) VALUES ($born, $kind, $owner, $key, $pos, $body)
        ON CONFLICT (owner, kind, key) DO UPDATE SET pos = excluded.pos, body = excluded.body
        """,
        "$born", "$kind", "$owner", "$key", "$pos", "$body");

    private readonly SqliteCommand _delete = connection.Prepare("DELETE FROM state WHERE owner = $owner AND kind = $kind AND key = $key", "$owner", "$kind", "$key");

    /// <summary>Appends a batch, all or nothing.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="head">The head before it.</param>
    /// <param name="at">The time of its entries, in microseconds since 1970.</param>
    /// <returns>The head after it; null if the file is in another generation, and nothing was written.</returns>
    /// <exception cref="SqliteException">Nothing was written; or after a failed commit, nothing is known.</exception>
    public SqliteHead? Run(StoreBatch batch, SqliteHead head, long at) => transactions.Run(batch.IsDurable, () => Write(batch, head, at));

    public void Dispose()
    {
        foreach (var command in (SqliteCommand[])[_generation, _insert, _put, _delete])
            command.Dispose();
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

    private static void Bind(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
    }

    // Where the bytes are not the start of an array, they are copied.
    private static void BindBytes(SqliteCommand command, int index, ReadOnlyMemory<byte> bytes)
    {
        var parameter = command.Parameters[index];
        var isWhole = MemoryMarshal.TryGetArray(bytes, out var array) && array.Offset == 0;
        parameter.Value = isWhole ? array.Array! : bytes.ToArray();
        parameter.Size = bytes.Length;
    }
}
