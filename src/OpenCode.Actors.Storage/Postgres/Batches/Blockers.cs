using Microsoft.Extensions.Logging;
using Npgsql;
using OpenCode.Actors.Journal.Stores;

namespace OpenCode.Actors.Storage.Postgres.Batches;

/// <summary>
/// Ends connections of nodes that are frozen inside a statement and hold locks that an append waits for. No timeout of the server ends those, which do not count as idle
/// (rule "One lock order").
/// </summary>
internal sealed partial class Blockers : IAsyncDisposable
{
    // An append takes some milliseconds; one that waits for longer than this looks for what it waits for.
    private static readonly TimeSpan Suspicious = TimeSpan.FromMilliseconds(300);

    // Also those of the connections that wait in the same queue: the one at its front holds the lock.
    private const string End =
        """
        WITH RECURSIVE chain (pid) AS (
          SELECT unnest(pg_blocking_pids($1))
          UNION
          SELECT unnest(pg_blocking_pids(chain.pid)) FROM chain)
        SELECT a.application_name, pg_terminate_backend(a.pid)
        FROM chain JOIN pg_stat_activity a USING (pid)
        WHERE a.application_name LIKE 'oc/%' AND a.wait_event = 'ClientRead' AND a.pid <> $1
        """;

    private readonly KeptConnection _connection;
    private readonly PostgresMetrics? _metrics;
    private readonly ILogger _logger;
    private readonly Func<int> _waiting;
    private readonly ITimer _timer;
    private int _looking;

    /// <summary>Initializes a new instance of the <see cref="Blockers"/> class.</summary>
    /// <param name="database">The database.</param>
    /// <param name="waiting">Gives the server process (pid) of the statement that is watched.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">Counts the connections that were ended.</param>
    /// <param name="logger">Logs them.</param>
    public Blockers(PostgresDatabase database, Func<int> waiting, TimeProvider time, PostgresMetrics? metrics, ILogger logger)
    {
        (_waiting, _metrics, _logger) = (waiting, metrics, logger);
        _connection = new(database, time);
        _timer = time.CreateTimer(_ => _ = LookAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Watches over the statement that is sent now.</summary>
    public void BeginWatch() => _timer.Change(Suspicious, Suspicious);

    public void EndWatch() => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task LookAsync()
    {
        if (Interlocked.Exchange(ref _looking, 1) != 0)
            return;

        try
        {
            var ended = await _connection.RunAsync(End, [new NpgsqlParameter<int> { TypedValue = _waiting() }], NamesAsync, CancellationToken.None).ConfigureAwait(false);
            foreach (var name in ended)
            {
                _metrics?.BlockerEnded();
                LogEnded(_logger, name);
            }
        }
        catch (StoreException e)
        {
            LogLookFailed(_logger, e);
        }
        finally
        {
            Volatile.Write(ref _looking, 0);
        }
    }

    private static async ValueTask<List<string>> NamesAsync(NpgsqlDataReader rows, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
            names.Add(rows.GetString(0));

        return names;
    }

    [LoggerMessage(EventId = 3110, Level = LogLevel.Warning, Message = "Ended a connection of {Tag}: it stood still in the middle of a statement, and appends waited for it.")]
    private static partial void LogEnded(ILogger logger, string tag);

    [LoggerMessage(EventId = 3111, Level = LogLevel.Debug, Message = "The connections that block an append could not be read.")]
    private static partial void LogLookFailed(ILogger logger, Exception cause);
}
