using Npgsql;
using OpenCode.Actors.Clustering;
using OpenCode.Actors.Postgres.Connections;

namespace OpenCode.Actors.Postgres.Membership;

/// <summary>One connection that is kept, used by one call at a time, and made anew after a fault.</summary>
internal sealed class Session(PostgresDatabase database) : IDisposable
{
    private const int MaxTries = 8;

    private readonly SemaphoreSlim _gate = new(1);
    private NpgsqlConnection? _connection;

    /// <summary>Gets which connection it is: another number for each one. 0 before the first.</summary>
    public long Number { get; private set; }

    /// <summary>Gets or sets a value indicating whether this connection holds the advisory lock of its member.</summary>
    public bool IsLocked { get; set; }

    /// <summary>Does something on the connection, again where a lock was not had in time: then nothing was done (RULES E2).</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="what">What is being done, for messages.</param>
    /// <param name="work">Does it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="MembershipUnavailableException">The connection failed; it may have been done.</exception>
    public async ValueTask<T> RunAsync<T>(string what, Func<Statements, Task<T>> work, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (var tries = 1; ; tries++)
            {
                try
                {
                    return await work(new Statements(await ConnectAsync(cancellationToken).ConfigureAwait(false), cancellationToken)).ConfigureAwait(false);
                }
                catch (PostgresException fault) when (fault.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected && tries < MaxTries)
                {
                }
            }
        }
        catch (Exception fault) when (fault is NpgsqlException or DatabaseException or TimeoutException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            if (fault is not PostgresException || DatabaseFaults.IsOfConnection(fault))
                await DropAsync().ConfigureAwait(false);
            throw new MembershipUnavailableException(what, fault);
        }
        catch (OperationCanceledException)
        {
            // The answer is still on its way: whoever came next would take it for its own.
            await DropAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Ends the connection, and with it what it holds.</summary>
    public async ValueTask EndAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            await DropAsync().ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async ValueTask<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_connection is { } present)
            return present;
        _connection = await database.ConnectAsync(cancellationToken).ConfigureAwait(false);
        Number++;
        return _connection;
    }

    private async ValueTask DropAsync()
    {
        if (_connection is not { } connection)
            return;
        _connection = null;
        IsLocked = false;

        // A pool keeps a connection whole, with its locks and its listening, until somebody else gets it: say so now.
        if (connection.FullState == System.Data.ConnectionState.Open)
            await ReleaseAsync(connection).ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private static async ValueTask ReleaseAsync(NpgsqlConnection connection)
    {
        try
        {
            var command = new NpgsqlCommand("SELECT pg_advisory_unlock_all(); UNLISTEN *", connection) { CommandTimeout = 1 };
            await using (command.ConfigureAwait(false))
                await command.ExecuteNonQueryAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is NpgsqlException or TimeoutException or IOException or InvalidOperationException)
        {
            // It is broken, and the server lets its locks go with it.
        }
    }
}
