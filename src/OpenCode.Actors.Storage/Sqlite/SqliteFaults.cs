using Microsoft.Data.Sqlite;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Stores;
using SQLitePCL;

namespace OpenCode.Actors.Storage.Sqlite;

/// <summary>Maps errors of SQLite to errors of the journal (rule "The store says what is wrong").</summary>
internal static class SqliteFaults
{
    /// <summary>Translates an error of a statement that runs.</summary>
    /// <param name="e">The error.</param>
    /// <param name="file">The database file.</param>
    public static StoreException Translate(SqliteException e, string file) => Code(e) switch
    {
        raw.SQLITE_FULL => Full(file, e),
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new StoreBusyException($"Another process writes to '{file}' ({Said(e)}). Only reading is safe while the server runs.", e),
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => new StoreBrokenException(
            $"'{file}' is damaged ({Said(e)})", "Stop the server, look at the disk, and restore the file from a backup ('check' tells what is wrong with it).", e),
        _ => new StoreBrokenException($"'{file}' cannot be read or written ({Said(e)}, code {e.SqliteExtendedErrorCode})", "Look at the disk and its mount, then start again.", e),
    };

    /// <summary>Says that the file has no room to grow.</summary>
    /// <param name="file">The database file.</param>
    /// <param name="cause">The error, if there is one.</param>
    public static StoreFullException Full(string file, SqliteException? cause = null) => new($"'{file}' cannot grow: its disk is full, or the quota of its user is used up", FreeBytes(file), cause);

    /// <summary>Translates an error of a start.</summary>
    /// <param name="e">The error.</param>
    /// <param name="folder">The data folder.</param>
    /// <param name="file">The name of the database file in it.</param>
    public static Exception Explain(SqliteException e, string folder, string file) => Code(e) switch
    {
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => new JournalCorruptException(
            Path.Combine(folder, file), Said(e), "Restore the file from a backup, or move it away to begin with an empty log. 'check' tells what is wrong with it."),
        raw.SQLITE_FULL => FullAtStart(folder),
        raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_AUTH => new JournalFolderException(
            folder, $"'{file}' cannot be opened for writing ({Said(e)})", "Give the user of the server the right to write there, or name another folder (--data)."),
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new JournalFolderException(
            folder, $"another process keeps '{file}' locked ({Said(e)})", "End it: a program like sqlite3 with an open transaction."),
        _ => new JournalFolderException(folder, $"'{file}' cannot be opened ({Said(e)}, code {e.SqliteExtendedErrorCode})", "Look at the disk and its mount."),
    };

    /// <summary>Says that a start has no room: it notes its generation, and SQLite the index of its log.</summary>
    /// <param name="folder">The data folder.</param>
    public static JournalFolderException FullAtStart(string folder) => new(
        folder,
        $"its disk is full ({(FreeBytes(folder) is { } free ? $"{free} bytes are free" : "how many bytes are free is not known")})",
        "Make room, 1 MiB or more, and start again: nothing was changed. A running server needs none, it makes room by retention.");

    /// <summary>Translates an error of a look that changes nothing.</summary>
    /// <param name="e">The error.</param>
    /// <param name="folder">The data folder.</param>
    /// <param name="file">The name of the database file in it.</param>
    public static Exception ExplainRead(SqliteException e, string folder, string file) => Code(e) switch
    {
        raw.SQLITE_FULL => new JournalFolderException(
            folder, $"its disk is full, and SQLite cannot make the index of '{file}-wal' there", "Make room, 1 MiB or more, or look at a copy of the folder on another disk."),
        raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_AUTH => new JournalFolderException(
            folder, $"'{file}' may not be read ({Said(e)})", $"Do this as the user of the server. Where there is a '{file}-wal', that user also needs the right to write in the folder."),
        _ => Explain(e, folder, file),
    };

    // The -shm that cannot grow: there is no room for it.
    private static int Code(SqliteException e) => e.SqliteExtendedErrorCode == raw.SQLITE_IOERR_SHMSIZE ? raw.SQLITE_FULL : e.SqliteErrorCode;

    // Without its full stop, inside a sentence of ours.
    private static string Said(SqliteException e) => e.Message.TrimEnd('.');

    private static long? FreeBytes(string path)
    {
        try
        {
            return new DriveInfo(Path.GetFullPath(path)).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
