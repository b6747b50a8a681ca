using Npgsql;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Stores;
using OpenCode.Actors.Storage.Postgres;
using OpenCode.Actors.Storage.Postgres.Batches;

namespace OpenCode.Actors.Benchmarks.Postgres;

/// <summary>Plain Npgsql: one connection, the statements of the product, prepared; nothing around them.</summary>
internal sealed class RawWriter : IAsyncDisposable
{
    private readonly PostgresDatabase _database;
    private readonly NpgsqlConnection _connection;
    private readonly Fence[] _fences;
    private readonly NpgsqlBatch _statements;
    private bool _isPrepared;
    private long _number;
    private long _through;

    private RawWriter(PostgresDatabase database, NpgsqlConnection connection, Fence[] fences)
    {
        (_database, _connection, _fences) = (database, connection, fences);
        _statements = new(connection) { EnableErrorBarriers = true };
    }

    public static async Task<RawWriter> OpenAsync(NodeTask task, string id)
    {
        var database = await PostgresDatabase.OpenAsync(task.Target, id);
        var connection = await database.ConnectAsync(default);
        await using var insert = new NpgsqlCommand("INSERT INTO writer (id, seq, first) VALUES ($1, 0, 0)", connection) { Parameters = { new() { Value = database.Tag } } };
        await insert.ExecuteNonQueryAsync();
        return new(database, connection, task.Fences);
    }

    /// <summary>Appends a batch.</summary>
    /// <param name="body">The batch.</param>
    /// <param name="entryCount">How many entries it has.</param>
    /// <param name="follows">Whether what follows an append of the product follows: others are notified, and what they committed below is read, though not used. The same at each call.</param>
    /// <returns>Where it ends.</returns>
    public async Task<long> AppendAsync(byte[] body, int entryCount, bool follows)
    {
        var batch = new StoreBatch(++_number, _database.Generation, _fences, entryCount, body, []);
        Set(0, AppendStatement.For(_database.Tag, batch));
        if (follows)
            Set(1, PostgresBatchStore.FollowStatement(_database.Tag, batch, _through));
        if (!_isPrepared)
            await _statements.PrepareAsync();

        _isPrepared = true;
        await using var row = await _statements.ExecuteReaderAsync();
        if (!await row.ReadAsync())
            throw new InvalidOperationException("The statement wrote nothing.");

        var first = row.GetInt64(0);
        await row.NextResultAsync();
        while (await row.ReadAsync())
            _ = row.IsDBNull(4) ? null : row.GetFieldValue<byte[]>(4);
        _through = first;
        return first + entryCount - 1;
    }

    public async ValueTask DisposeAsync()
    {
        await _statements.DisposeAsync();
        await _connection.DisposeAsync();
        await _database.DisposeAsync();
    }

    private void Set(int index, BoundStatement statement)
    {
        if (_statements.BatchCommands.Count <= index)
            _statements.BatchCommands.Add(new NpgsqlBatchCommand(statement.Sql));
        _statements.BatchCommands[index].Parameters.Clear();
        _statements.BatchCommands[index].Parameters.AddRange(statement.Parameters);
    }
}
