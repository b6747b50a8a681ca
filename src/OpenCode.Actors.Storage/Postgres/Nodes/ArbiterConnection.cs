using Npgsql;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Storage.Postgres.Batches;
using OpenCode.Actors.Storage.Postgres.Connections;

namespace OpenCode.Actors.Storage.Postgres.Nodes;

/// <summary>One connection that is kept, used by one call at a time, and made anew after a fault. A call that gets no answer ends in time, whatever the driver waits for.</summary>
/// <param name="database">Makes it.</param>
/// <param name="prepare">Is done with each new connection before its first use.</param>
/// <param name="time">The clock of limits.</param>
internal sealed class ArbiterConnection(PostgresDatabase database, Func<Statements, Task> prepare, TimeProvider time) : IAsyncDisposable
{
    // Statements wait for a lock for 300 ms at most; a new connection takes some 20 ms, more under load.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _use = new(1);
    private Lease? _lease;
    private long _number;
    private bool _isDisposed;

    /// <summary>Does something on the connection. On a kept one that turns out to be broken it is done again on a new one, so it has to do no harm twice.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="what">What is being done, for messages: a noun.</param>
    /// <param name="work">Does it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArbiterAwayException">There was no answer; it may have been done.</exception>
    /// <exception cref="PostgresException">A lock was not had in time: nothing was done (<see cref="IsLocked"/>).</exception>
    public async ValueTask<T> RunAsync<T>(string what, Func<Statements, Task<T>> work, CancellationToken cancellationToken)
    {
        await EnterAsync(what, cancellationToken).ConfigureAwait(false);
        try
        {
            var kept = _lease;
            try
            {
                return await RunOnceAsync(what, work, cancellationToken).ConfigureAwait(false);
            }
            catch (ArbiterAwayException e) when (kept is not null && e.InnerException is NpgsqlException { InnerException: not TimeoutException } && !_isDisposed)
            {
                // Between two uses a restart of the database may have ended it.
                return await RunOnceAsync(what, work, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _use.Release();
        }
    }

    /// <summary>True if a statement was not run because another connection held a row: it may be sent again.</summary>
    public static bool IsLocked(PostgresException fault) => fault.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected;

    /// <summary>Ends the connection, and with it what it holds. The next call makes another one.</summary>
    public async ValueTask EndAsync()
    {
        if (Interlocked.Exchange(ref _lease, null) is { } lease)
            await lease.EndAsync().ConfigureAwait(false);
    }

    public ValueTask DisposeAsync()
    {
        _isDisposed = true;
        return EndAsync();
    }

    private async ValueTask EnterAsync(string what, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_use.Wait(0, CancellationToken.None))
            return;

        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _use.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Away(what, "the calls before it are not answered", null);
        }
    }

    private async Task<T> RunOnceAsync<T>(string what, Func<Statements, Task<T>> work, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var lease = _lease ??= new Lease(database, prepare, ++_number);
        try
        {
            return await lease.RunAsync(work).WaitAsync(Limit, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (IsLost(lease, e))
        {
            // The answer may still be on its way: the next call would take it for its own.
            if (Interlocked.CompareExchange(ref _lease, null, lease) == lease)
                _ = lease.EndAsync();
            if (e is OperationCanceledException && cancellationToken.IsCancellationRequested)
                throw;
            throw Away(what, e is TimeoutException ? "no answer came in time" : e.Message, e);
        }
    }

    // Any fault of a connection that is not ready yet; later those after which it is of no use, and those of a server that cannot serve now.
    private static bool IsLost(Lease lease, Exception fault) => !lease.IsReady
        || fault is OperationCanceledException or InvalidOperationException
        || (StoreFaults.IsKnown(fault) && !(fault is PostgresException server && IsLocked(server)));

    private ArbiterAwayException Away(string what, string why, Exception? cause) => new($"{database.Place} did not answer ({what}): {why}", cause);

    /// <summary>One connection, from its making to its end.</summary>
    private sealed class Lease(PostgresDatabase database, Func<Statements, Task> prepare, long number)
    {
        private readonly CancellationTokenSource _stop = new();
        private NpgsqlConnection? _connection;
        private Task _last = Task.CompletedTask;

        /// <summary>Gets a value indicating whether it is open and prepared.</summary>
        public bool IsReady { get; private set; }

        public Task<T> RunAsync<T>(Func<Statements, Task<T>> work)
        {
            var running = RunNowAsync(work);
            _last = running;
            return running;
        }

        public async Task EndAsync()
        {
            await StatementLimit.CancelAsync(_stop).ConfigureAwait(false);
            await _last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_connection is { } connection)
                await connection.DisposeAsync().ConfigureAwait(false);
            _stop.Dispose();
        }

        private async Task<T> RunNowAsync<T>(Func<Statements, Task<T>> work)
        {
            if (_connection is null)
            {
                _connection = await database.ConnectUnpooledAsync(_stop.Token).ConfigureAwait(false);
                await prepare(new(_connection, number, _stop.Token)).ConfigureAwait(false);
                IsReady = true;
            }

            return await work(new(_connection, number, _stop.Token)).ConfigureAwait(false);
        }
    }
}
