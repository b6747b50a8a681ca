using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Batches;
using OpenCode.Actors.Journal.Stores;
using OpenCode.Actors.Storage.Sqlite.Doors;

namespace OpenCode.Actors.Storage.Sqlite;

/// <summary>Opens the journal of a single server: <c>hub.db</c> in its data folder.</summary>
public static class SqliteJournal
{
    /// <summary>Takes the folder, opens its journal or makes a new one, and begins a generation.</summary>
    /// <param name="folder">The data folder; made when it is not there.</param>
    /// <param name="options">Retention, what to keep in memory, and which rows hold entries back.</param>
    /// <param name="time">The clock for the time of entries, and of retention.</param>
    /// <param name="entropy">Gives random numbers: the id of a new log.</param>
    /// <param name="loggers">Makes loggers.</param>
    /// <param name="metrics">Receives commit counts and latencies; null disables them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The journal; the folder is free again when it is disposed.</returns>
    /// <exception cref="JournalLockedException">Another process has the folder.</exception>
    /// <exception cref="JournalFolderException">The folder or the file cannot be used.</exception>
    /// <exception cref="JournalCorruptException">The file is damaged.</exception>
    /// <exception cref="JournalVersionException">A newer program wrote the file.</exception>
    public static Task<BatchJournal> OpenAsync(
        string folder,
        JournalOptions options,
        TimeProvider time,
        Func<ulong> entropy,
        ILoggerFactory? loggers = null,
        JournalMetrics? metrics = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return OpenAsync(DataFolder.Take(folder), options, time, entropy, loggers, metrics, cancellationToken);
    }

    /// <summary>The same in a folder that this process holds already; it is free again when the journal is disposed, or could not be opened.</summary>
    internal static async Task<BatchJournal> OpenAsync(
        DataFolder held, JournalOptions options, TimeProvider time, Func<ulong> entropy, ILoggerFactory? loggers, JournalMetrics? metrics, CancellationToken cancellationToken = default)
    {
        var store = new SqliteBatchStore(held, new HubFile(held.Path), time, entropy, (loggers ?? NullLoggerFactory.Instance).CreateLogger<SqliteBatchStore>());
        try
        {
            return await BatchJournal.OpenAsync(store, options, time, (loggers ?? NullLoggerFactory.Instance).CreateLogger<BatchJournal>(), metrics, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await store.DisposeAsync().ConfigureAwait(false);
            if (e is StoreFullException)
                throw SqliteFaults.FullAtStart(held.Path);
            if (e is StoreException { InnerException: SqliteException fault })
                throw SqliteFaults.Explain(fault, held.Path, DataFolder.DatabaseFile);
            throw;
        }
    }
}
