using Npgsql;
using OpenCode.Actors.Journal.Stores;
using OpenCode.Actors.Storage.Postgres.Connections;

namespace OpenCode.Actors.Storage.Postgres.Batches;

/// <summary>A connection that is kept for one purpose, with its prepared statements; a new one is made when it breaks. One use at a time.</summary>
/// <param name="database">Makes it.</param>
/// <param name="time">The clock of the limit of each call.</param>
/// <param name="isWaitedFor">
/// Whether a call that finds it in use waits for it: right for what takes a millisecond, since a connection that the pool has to make takes many. Otherwise it gets one of
/// the pool.
/// </param>
internal sealed class KeptConnection(PostgresDatabase database, TimeProvider time, bool isWaitedFor = false) : IAsyncDisposable
{
    private readonly SemaphoreSlim _use = new(1);
    private PreparedConnection? _kept;

    /// <summary>Gets the process of the server behind the connection; 0 before it was asked.</summary>
    public int ServerProcess => _kept?.ServerProcess ?? 0;

    /// <summary>Runs a statement.</summary>
    /// <param name="sql">The statement, prepared at its first use.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="read">Reads the answer.</param>
    /// <param name="cancellationToken">Gives up; the statement may still take effect then.</param>
    /// <exception cref="StoreException">It failed.</exception>
    public ValueTask<T> RunAsync<T>(string sql, NpgsqlParameter[] parameters, Func<NpgsqlDataReader, CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken) =>
        RunAsync([new(sql, parameters)], read, cancellationToken);

    /// <summary>Runs statements in one round trip, each in a transaction of its own, prepared together at their first use. The first one names them: the same others follow it each time.</summary>
    /// <param name="statements">The statements.</param>
    /// <param name="read">Reads the answers.</param>
    /// <param name="cancellationToken">Gives up; the statements may still take effect then.</param>
    /// <exception cref="StoreException">One failed.</exception>
    public async ValueTask<T> RunAsync<T>(BoundStatement[] statements, Func<NpgsqlDataReader, CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken)
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
            // What ended this connection has ended those of the pool too: each of them would cost another try, and a pause before it.
            if (DatabaseFaults.IsOfConnection(e))
                database.ForgetIdle();
            throw StoreFaults.Translate(e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_kept is { } kept)
            await kept.DisposeAsync().ConfigureAwait(false);
        _use.Dispose();
    }

    private async ValueTask<T> RunKeptAsync<T>(BoundStatement[] statements, Func<NpgsqlDataReader, CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        var kept = _kept ??= new PreparedConnection(database);
        try
        {
            return await StatementLimit.RunAsync(given => kept.RunAsync(statements, read, given), time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not PostgresException || !kept.IsOpen)
        {
            // What the server still does with it is unknown.
            _kept = null;
            _ = kept.EndAfterwardsAsync();
            throw;
        }
    }

    private Task<T> RunPooledAsync<T>(BoundStatement[] statements, Func<NpgsqlDataReader, CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken) => StatementLimit.RunAsync(
        async given =>
        {
            var connection = await database.ConnectAsync(given).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                var batch = PreparedConnection.BatchOf(statements, connection);
                await using (batch.ConfigureAwait(false))
                {
                    var reader = await batch.ExecuteReaderAsync(given).ConfigureAwait(false);
                    await using (reader.ConfigureAwait(false))
                        return await read(reader, given).ConfigureAwait(false);
                }
            }
        },
        time,
        cancellationToken);
}
