using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace OpenCode.Actors.Storage.Sqlite;

/// <summary>Transactions of the connection that writes (rule "Durable before visible"). Only the writing thread uses it.</summary>
internal sealed class SqliteTransactions(SqliteConnection connection) : IDisposable
{
    private readonly SqliteCommand _begin = connection.Prepare("BEGIN IMMEDIATE");
    private readonly SqliteCommand _commit = connection.Prepare("COMMIT");
    private readonly SqliteCommand _rollback = connection.Prepare("ROLLBACK");
    private bool _isSynced = true;

    /// <summary>Does work in a transaction.</summary>
    /// <param name="isDurable">Whether it survives a power cut; else it does so with the next one that does.</param>
    /// <param name="work">The work; null from it takes all of it back.</param>
    /// <exception cref="SqliteException">Nothing was written; or after a failed commit, nothing is known.</exception>
    public T? Run<T>(bool isDurable, Func<T?> work)
    {
        Sync(isDurable);
        _begin.ExecuteNonQuery();
        try
        {
            if (work() is { } result)
            {
                _commit.ExecuteNonQuery();
                return result;
            }
        }
        catch (SqliteException)
        {
            Rollback();
            throw;
        }

        Rollback();
        return default;
    }

    public void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        _rollback.Dispose();
    }

    // Rule "Durable before visible": it cannot be changed inside a transaction.
    private void Sync(bool isDurable)
    {
        if (_isSynced == isDurable)
            return;

        connection.Execute(isDurable ? "PRAGMA synchronous = full" : "PRAGMA synchronous = normal");
        _isSynced = isDurable;
    }

    // SQLite has rolled back by itself after some errors.
    private void Rollback()
    {
        if (raw.sqlite3_get_autocommit(connection.Handle) == 0)
            _rollback.ExecuteNonQuery();
    }
}
