using Npgsql;
using OpenCode.Actors.Journaling.Shared;

namespace OpenCode.Actors.Postgres.Journal;

/// <summary>A connection that is kept for one purpose, with its prepared statements; a new one is made when it breaks. One use at a time; who finds it in use gets one of the pool.</summary>
internal sealed class KeptConnection(PostgresDatabase database) : IAsyncDisposable
{
    private readonly SemaphoreSlim _use = new(1);
    private readonly Dictionary<string, NpgsqlCommand> _commands = new(StringComparer.Ordinal);
    private NpgsqlConnection? _connection;

    /// <summary>Gets the process of the server behind the connection; 0 before it was asked.</summary>
    public int ServerProcess { get; private set; }

    /// <summary>Runs a statement.</summary>
    /// <param name="sql">The statement, prepared at its first use.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="read">Reads the answer.</param>
    /// <param name="cancellationToken">Gives up; what becomes of the statement is unknown then.</param>
    /// <exception cref="StoreException">It failed.</exception>
    public async ValueTask<T> RunAsync<T>(string sql, NpgsqlParameter[] parameters, Func<NpgsqlDataReader, CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            if (!_use.Wait(0, CancellationToken.None))
                return await RunPooledAsync(sql, parameters, read, cancellationToken).ConfigureAwait(false);

            try
            {
                return await RunKeptAsync(sql, parameters, read, cancellationToken).ConfigureAwait(false);
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

    private async ValueTask<T> RunKeptAsync<T>(string sql, NpgsqlParameter[] parameters, Func<NpgsqlDataReader, CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            var command = await CommandAsync(sql, cancellationToken).ConfigureAwait(false);
            command.Parameters.Clear();
            command.Parameters.AddRange(parameters);
            if (!command.IsPrepared)
                await command.PrepareAsync(cancellationToken).ConfigureAwait(false);

            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
                return await read(reader, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not PostgresException || _connection is null or not { FullState: System.Data.ConnectionState.Open })
        {
            // Nobody knows what the other end still does with it.
            await DropAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask<T> RunPooledAsync<T>(string sql, NpgsqlParameter[] parameters, Func<NpgsqlDataReader, CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        var connection = await database.ConnectAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var command = new NpgsqlCommand(sql, connection);
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.AddRange(parameters);
                var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                    return await read(reader, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<NpgsqlCommand> CommandAsync(string sql, CancellationToken cancellationToken)
    {
        if (_connection is null)
        {
            _connection = await database.ConnectAsync(cancellationToken).ConfigureAwait(false);
            var ask = new NpgsqlCommand("SELECT pg_backend_pid()", _connection);
            await using (ask.ConfigureAwait(false))
                ServerProcess = (int)(await ask.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
        }

        if (!_commands.TryGetValue(sql, out var command))
            _commands[sql] = command = new(sql, _connection);
        return command;
    }

    private async ValueTask DropAsync()
    {
        if (_connection is not { } connection)
            return;

        _connection = null;
        foreach (var command in _commands.Values)
            await command.DisposeAsync().ConfigureAwait(false);
        _commands.Clear();
        await connection.DisposeAsync().ConfigureAwait(false);
    }
}
