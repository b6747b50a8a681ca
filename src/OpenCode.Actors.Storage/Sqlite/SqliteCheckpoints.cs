using System.Globalization;
using Microsoft.Data.Sqlite;
using OpenCode.Actors.Storage.Sqlite.Doors;
using SQLitePCL;

namespace OpenCode.Actors.Storage.Sqlite;

/// <summary>
/// Moves the write-ahead log into the file, between appends, and keeps room in the log for retention on a full disk. Not thread-safe: the writing thread
/// has it.
/// </summary>
/// <remarks>
/// On a full disk the file cannot grow, so the log cannot be emptied. Appends are refused from then on: what room the log has is left to retention, which frees pages in the
/// file, and moves those at its end there until it has to grow no more. Then appends go on in the free pages.
/// </remarks>
internal sealed class SqliteCheckpoints(SqliteConnection connection, SqliteTransactions transactions) : IDisposable
{
    // Pages of 4 KiB in the log that make a checkpoint due.
    private const int EveryPages = 1000;

    private readonly LogPages _log = new(connection);
    private int _dueAt = EveryPages;
    private int _seen;

    /// <summary>Gets a value indicating whether the file had to grow at the last try and could not.</summary>
    public bool IsCramped { get; private set; }

    /// <summary>True if a checkpoint is due. After each commit.</summary>
    public bool IsDue()
    {
        // It begins anew at its start when all of it is in the file, and no reader needs it.
        if (_log.Count < _seen)
            _dueAt = EveryPages;

        _seen = _log.Count;
        return _seen >= _dueAt;
    }

    /// <summary>Makes a checkpoint. It does not wait: what a reader still needs is left for a later one.</summary>
    /// <returns>False if the disk is full.</returns>
    /// <exception cref="SqliteException">The disk failed.</exception>
    public bool Run()
    {
        var result = raw.sqlite3_wal_checkpoint_v2(connection.Handle, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);
        _dueAt = _seen + EveryPages;
        IsCramped = FileControl.IsFull(connection, result);
        if (!IsCramped && result is not (raw.SQLITE_OK or raw.SQLITE_BUSY or raw.SQLITE_LOCKED))
            SqliteException.ThrowExceptionForRC(result, connection.Handle);

        return !IsCramped;
    }

    /// <summary>Notes that the log itself could not grow.</summary>
    public void Cramped() => IsCramped = true;

    /// <summary>Makes the log as large as it may stay. In a transaction that is taken back: what of it was written before its end still takes room.</summary>
    /// <returns>True; false if there is no room.</returns>
    public bool Reserve()
    {
        if (LogPages.LengthOf(connection) >= HubFile.LogBytes * 3L / 4)
            return true;

        try
        {
            transactions.Run<object>(isDurable: false, () =>
            {
                connection.Execute(string.Create(CultureInfo.InvariantCulture, $"INSERT INTO setting (key, value) VALUES ('room', zeroblob({HubFile.LogBytes}))"));
                return null;
            });
            return true;
        }
        catch (SqliteException e) when (FileControl.IsFull(connection, e.SqliteExtendedErrorCode))
        {
            return false;
        }
    }

    public void Dispose() => _log.Dispose();
}
