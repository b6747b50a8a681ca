using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Batches;
using OpenCode.Actors.Journal.Stores;
using OpenCode.Actors.Storage.Postgres.Connections;

namespace OpenCode.Actors.Storage.Postgres.Batches;

/// <summary>Opens the journal that all nodes share.</summary>
public static class PostgresJournal
{
    /// <summary>Opens the journal of a database.</summary>
    /// <param name="database">The database; it outlives the journal, and is not disposed with it.</param>
    /// <param name="options">Retention, what to keep in memory, and which rows hold entries back. All nodes should have the same.</param>
    /// <param name="time">The clock of intervals; the time of entries is the database's.</param>
    /// <param name="loggers">Makes loggers.</param>
    /// <param name="journalMetrics">Receives commit counts and latencies; null disables them.</param>
    /// <param name="metrics">Receives the latencies and faults of the database; null disables them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The journal.</returns>
    /// <exception cref="DatabaseException">The database cannot be used, or not now.</exception>
    public static async Task<BatchJournal> OpenAsync(
        PostgresDatabase database,
        JournalOptions options,
        TimeProvider time,
        ILoggerFactory? loggers = null,
        JournalMetrics? journalMetrics = null,
        PostgresMetrics? metrics = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(database);
        loggers ??= NullLoggerFactory.Instance;
        var store = new PostgresBatchStore(database, time, loggers.CreateLogger<PostgresBatchStore>(), metrics);
        try
        {
            return await BatchJournal.OpenAsync(store, options, time, loggers.CreateLogger<BatchJournal>(), journalMetrics, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is StoreException or NpgsqlException)
        {
            await store.DisposeAsync().ConfigureAwait(false);
            throw DatabaseFaults.Explain(e.InnerException ?? e, database.Place);
        }
    }
}
