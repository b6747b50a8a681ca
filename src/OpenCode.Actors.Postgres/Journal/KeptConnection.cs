using System.Runtime.InteropServices;
using Npgsql;
using OpenCode.Actors.Journaling.Shared;

namespace OpenCode.Actors.Postgres.Journal;

/// <summary>A connection that is kept for one purpose, with its prepared statements; a new one is made when it breaks. One use at a time.</summary>
/// <param name="database">Makes it.</param>
/// <param name="isWaitedFor">
/// Whether a call that finds it in use waits for it: right for what takes a millisecond, since a connection that the pool has to make takes many. Otherwise it gets one of
/// the pool.
/// </param>
internal sealed class KeptConnection(PostgresDatabase database, bool isWaitedFor = false) : IAsyncDisposable
{
    private readonly SemaphoreSlim _use = new(1);
    private readonly Dictionary<string, NpgsqlBatch> _prepared = new(StringComparer.Ordinal);
    private NpgsqlConnection? _connection;

    /// <summary>Gets the process of the server behind the connection; 0 before it was asked.</summary>
    public int ServerProcess { get; private set; }

    /// <summary>Runs a statement.</summary>
    /// <param name="sql">The statement, prepared at its first use.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="read">Reads the answer.</param>
    /// <param name="cancellationToken">Gives up; what becomes of the statement is unknown then.</param>
    /// <exception cref="StoreException">It failed.</exception>
    public ValueTask<T> RunAsync<T>(string sql, NpgsqlParameter[] parameters, Func<NpgsqlDataReader, CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken) =>
        RunAsync([new(sql, parameters)], read, cancellationToken);

    /// <summary>Runs statements in one round trip, each in a transaction of its own, prepared together at their first use. The first one names them: the same others follow it each time.</summary>
    /// <param name="statements">The statements.</param>
    /// <param name="read">Reads the answers.</param>
    /// <param name="cancellationToken">Gives up; what becomes of the statements is unknown then.</param>
    /// <exception cref="StoreException">One failed.</exception>
    public async ValueTask<T> RunAsync<T>(Statement[] statements, Func<NpgsqlDataReader, CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            if (isWaitedFor)
                await _use.WaitAsync(cancellationToken).ConfigureAwait(false);
            else if (!_use.Wait(0, CancellationToken.None))
                return await RunPooledAsync(statements, read, cancellationToken).ConfigureAwait(false);

            try
            {
                return await RunKeptAsync(statements, read, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                _use.Release();
            }
        }
        catch (Exception e) when (StoreFaults.IsKnown(e))
        {
            throw StoreFaults.Translate(e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await DropAsync().ConfigureAwait(false);
        _use.Dispose();
    }

    private async ValueTask<T> RunKeptAsync<T>(Statement[] statements, Func<NpgsqlDataReader, CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            var batch = await PreparedAsync(statements, cancellationToken).ConfigureAwait(false);
            var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
                return await read(reader, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not PostgresException || _connection is null or not { FullState: System.Data.ConnectionState.Open })
        {
            // What the server still does with it is unknown.
            await DropAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask<T> RunPooledAsync<T>(Statement[] statements, Func<NpgsqlDataReader, CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        var connection = await database.ConnectAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var batch = BatchOf(statements, connection);
            await using (batch.ConfigureAwait(false))
            {
                var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                    return await read(reader, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static NpgsqlBatch BatchOf(Statement[] statements, NpgsqlConnection connection)
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

    private async ValueTask<NpgsqlBatch> PreparedAsync(Statement[] statements, CancellationToken cancellationToken)
    {
        if (_connection is null)
        {
            _connection = await database.ConnectAsync(cancellationToken).ConfigureAwait(false);
            var ask = new NpgsqlCommand("SELECT pg_backend_pid()", _connection);
            await using (ask.ConfigureAwait(false))
                ServerProcess = (int)(await ask.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
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

    private async ValueTask DropAsync()
    {
        if (_connection is not { } connection)
            return;

        _connection = null;
        foreach (var batch in _prepared.Values)
            await batch.DisposeAsync().ConfigureAwait(false);
        _prepared.Clear();
        await connection.DisposeAsync().ConfigureAwait(false);
    }
}

/// <summary>A statement with its parameters.</summary>
/// <param name="Sql">The statement.</param>
/// <param name="Parameters">Its parameters, in their order.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Statement(string Sql, NpgsqlParameter[] Parameters);
