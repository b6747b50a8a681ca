using Npgsql;
using OpenCode.Actors.Journaling;
using OpenCode.Actors.Journaling.Shared;
using OpenCode.Actors.Postgres;
using OpenCode.Actors.Postgres.Journal;

namespace OpenCode.Actors.Benchmarks.Postgres;

/// <summary>Plain Npgsql: one connection, the statement of the product, prepared; nothing around it.</summary>
internal sealed class RawWriter : IAsyncDisposable
{
    private readonly PostgresDatabase _database;
    private readonly Fence[] _fences;
    private NpgsqlCommand? _command;
    private long _number;

    private RawWriter(PostgresDatabase database, NpgsqlConnection connection, Fence[] fences) => (_database, Connection, _fences) = (database, connection, fences);

    public NpgsqlConnection Connection { get; }

    public static async Task<RawWriter> OpenAsync(NodeTask task, string id)
    {
        var database = await PostgresDatabase.OpenAsync(task.Target, id);
        var connection = await database.ConnectAsync(default);
        await using var insert = new NpgsqlCommand("INSERT INTO writer (id, seq, first) VALUES ($1, 0, 0)", connection) { Parameters = { new() { Value = database.Tag } } };
        await insert.ExecuteNonQueryAsync();
        return new(database, connection, task.Fences);
    }

    /// <summary>Appends a batch.</summary>
    /// <returns>Where it ends.</returns>
    public async Task<long> AppendAsync(byte[] body, int entryCount)
    {
        var (sql, parameters) = AppendStatement.For(_database.Tag, new StoreBatch(++_number, _database.Generation, _fences, entryCount, body, []));
        _command ??= new(sql, Connection);
        _command.Parameters.Clear();
        _command.Parameters.AddRange(parameters);
        if (!_command.IsPrepared)
            await _command.PrepareAsync();

        await using var row = await _command.ExecuteReaderAsync();
        if (!await row.ReadAsync())
            throw new InvalidOperationException("The statement wrote nothing.");

        var first = row.GetInt64(0);
        await row.NextResultAsync();
        return first + entryCount - 1;
    }

    public async ValueTask DisposeAsync()
    {
        if (_command is not null)
            await _command.DisposeAsync();
        await Connection.DisposeAsync();
        await _database.DisposeAsync();
    }
}
