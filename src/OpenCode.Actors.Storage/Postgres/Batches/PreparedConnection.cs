using System.Data;
using Npgsql;
using OpenCode.Actors.Storage.Postgres.Connections;

namespace OpenCode.Actors.Storage.Postgres.Batches;

/// <summary>A connection with its prepared statements, from its making to its end.</summary>
/// <param name="database">Makes it.</param>
internal sealed class PreparedConnection(PostgresDatabase database) : IAsyncDisposable
{
    private readonly Dictionary<string, NpgsqlBatch> _prepared = new(StringComparer.Ordinal);
    private NpgsqlConnection? _connection;
    private Task _last = Task.CompletedTask;

    /// <summary>Gets the process of the server behind the connection; 0 before it was asked.</summary>
    public int ServerProcess { get; private set; }

    /// <summary>Gets a value indicating whether it can be used further after a statement that failed.</summary>
    public bool IsOpen => _last.IsCompleted && _connection is { FullState: ConnectionState.Open };

    /// <summary>Runs statements in one round trip; one call at a time.</summary>
    public Task<T> RunAsync<T>(BoundStatement[] statements, Func<NpgsqlDataReader, CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        var running = RunNowAsync(statements, read, cancellationToken);
        _last = running;
        return running;
    }

    /// <summary>Ends it when the statement that runs, and that was cancelled, has ended.</summary>
    public async Task EndAfterwardsAsync()
    {
        await _last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Ends it, and with it the statement that runs.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var batch in _prepared.Values)
            await batch.DisposeAsync().ConfigureAwait(false);
        if (_connection is not null)
            await _connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Makes a batch of statements, each in a transaction of its own.</summary>
    public static NpgsqlBatch BatchOf(BoundStatement[] statements, NpgsqlConnection connection)
    {
        var batch = new NpgsqlBatch(connection) { EnableErrorBarriers = true };
        foreach (var (sql, parameters) in statements)
        {
            var command = new NpgsqlBatchCommand(sql);
            command.Parameters.AddRange(parameters);
            batch.BatchCommands.Add(command);
        }

        return batch;
    }

    private async Task<T> RunNowAsync<T>(BoundStatement[] statements, Func<NpgsqlDataReader, CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        var batch = await PreparedAsync(statements, cancellationToken).ConfigureAwait(false);
        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
            return await read(reader, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<NpgsqlBatch> PreparedAsync(BoundStatement[] statements, CancellationToken cancellationToken)
    {
        if (_connection is null)
        {
            _connection = await database.ConnectAsync(cancellationToken).ConfigureAwait(false);
            ServerProcess = await new Statements(_connection, cancellationToken).ScalarAsync<int>("SELECT pg_backend_pid()").ConfigureAwait(false);
        }

        if (!_prepared.TryGetValue(statements[0].Sql, out var batch))
        {
            batch = BatchOf(statements, _connection);
            await batch.PrepareAsync(cancellationToken).ConfigureAwait(false);
            _prepared[statements[0].Sql] = batch;
            return batch;
        }

        for (var i = 0; i < statements.Length; i++)
        {
            batch.BatchCommands[i].Parameters.Clear();
            batch.BatchCommands[i].Parameters.AddRange(statements[i].Parameters);
        }

        return batch;
    }
}
