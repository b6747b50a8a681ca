using System.Globalization;
using Microsoft.Data.Sqlite;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Storage.Sqlite.Doors;

namespace OpenCode.Actors.Storage.Sqlite;

/// <summary>Opens <c>hub.db</c>: settings of connections, and the schema. SQLite alone opens it, its <c>-wal</c> and its <c>-shm</c> (rule "Only SQLite opens the file").</summary>
/// <param name="folder">The data folder.</param>
internal sealed class HubFile(string folder)
{
    /// <summary>How large the write-ahead log stays, in bytes.</summary>
    public const int LogBytes = 16 * 1024 * 1024;

    private const int Version = 1;

    // "ocAc" in the header of the file, where `file` and PRAGMA application_id see it. Files of 0.2.0 have none, and are known by their tables.
    private const int Application = 0x6F634163;

    // How long a statement waits for another process that holds a lock, such as a sqlite3 that checkpoints.
    private const int BusyMilliseconds = 200;

    /// <summary>Gets the path of the file.</summary>
    public string Path { get; } = System.IO.Path.Combine(folder, DataFolder.DatabaseFile);

    private string Making => Path + ".new";

    /// <summary>Opens the connection that writes; makes the file, and brings its schema up to date.</summary>
    /// <exception cref="JournalVersionException">A newer program wrote the file.</exception>
    /// <exception cref="JournalFolderException">Another program wrote the file.</exception>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public SqliteConnection OpenWriter()
    {
        FileControl.RemoveUnfinished(Making); // of a start that a crash ended
        if (!DataFolder.HasFile(Path))
            Make();

        var connection = Connect(Path, SqliteOpenMode.ReadWrite);
        try
        {
            NameFullDisk(connection, () =>
            {
                CheckVersion(connection);
                UseLog(connection);

                // Retention needs room in the log of a full disk: it is not cut below this (rule "The store says what is wrong").
                connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA journal_size_limit = {LogBytes}"));
                connection.Execute("PRAGMA synchronous = full");
                Migrate(connection, CheckVersion(connection));
            });
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // Under another name until it is whole: a crash leaves no half of it, so an empty hub.db is never one that was being made.
    private void Make()
    {
        try
        {
            FileControl.MakeForOwner(Making);
            using (var connection = Connect(Making, SqliteOpenMode.ReadWrite))
            {
                NameFullDisk(connection, () =>
                {
                    connection.Execute("PRAGMA synchronous = off"); // synced as a whole
                    connection.Execute("PRAGMA auto_vacuum = incremental"); // before the first table
                    connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {Application}"));
                    UseLog(connection);
                    Migrate(connection, from: 0);

                    // The end of the last connection does the same and hides what goes wrong: the file would be put in its place without what its log has.
                    if (connection.Number("PRAGMA wal_checkpoint(TRUNCATE)") != 0)
                        throw new JournalFolderException(folder, $"another process uses '{Making}', which this start makes", "End it, and start again.");
                });
            }

            FileControl.PutInPlace(Making, Path);
        }
        catch (IOException e) when (FileControl.IsFull(e))
        {
            throw SqliteFaults.Full(Path);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new JournalFolderException(folder, e.Message, "Give the user of the server the right to write there, or name another folder (--data).");
        }
        finally
        {
            FileControl.RemoveUnfinished(Making);
        }
    }

    // Of a quota that is used up only the connection tells.
    private void NameFullDisk(SqliteConnection connection, Action writing)
    {
        try
        {
            writing();
        }
        catch (SqliteException e) when (FileControl.IsFull(connection, e.SqliteExtendedErrorCode))
        {
            throw SqliteFaults.Full(Path, e);
        }
    }

    // SQLite answers with the mode that it could set.
    private void UseLog(SqliteConnection connection)
    {
        if (connection.Value("PRAGMA journal_mode = wal") is not "wal" and var mode)
            throw new JournalFolderException(folder, $"'{DataFolder.DatabaseFile}' cannot have a write-ahead log there (it is in mode '{mode}')", "Put the folder on a local disk.");
    }

    /// <summary>Opens a connection that reads the file as it is, without its log, and makes nothing. While no other process has it open.</summary>
    public SqliteConnection OpenUnchanging() => Connect($"file:{string.Join('/', Path.Split('/').Select(Uri.EscapeDataString))}?immutable=1", SqliteOpenMode.ReadOnly);

    /// <summary>Opens a connection that reads.</summary>
    public SqliteConnection OpenReader()
    {
        var connection = Connect(Path, SqliteOpenMode.ReadWrite);
        connection.Execute("PRAGMA query_only = true");
        return connection;
    }

    private static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 1 }.ToString());
        try
        {
            connection.Open();
            connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {BusyMilliseconds}"));

            // What is sorted is a session's rows, which are read whole anyway: no file in a folder for temporary ones, which may be full or missing.
            connection.Execute("PRAGMA temp_store = memory");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Looks whose file it is, and at the version of its schema.</summary>
    /// <returns>The version that the file has; 0 for one that 0.2.0 had begun to make.</returns>
    /// <exception cref="JournalVersionException">A newer program wrote the file.</exception>
    /// <exception cref="JournalFolderException">Another program wrote the file.</exception>
    public int CheckVersion(SqliteConnection connection)
    {
        if (!IsOurs(connection))
        {
            throw new JournalFolderException(
                folder, $"its '{DataFolder.DatabaseFile}' is not a database of this program", $"Name another folder (--data), or move '{DataFolder.DatabaseFile}' away to begin with no sessions. The file was not changed.");
        }

        var found = (int)connection.Number("PRAGMA user_version");
        return found <= Version ? found : throw new JournalVersionException(Path, found, Version);
    }

    // A crash of 0.2.0 in its first start left a file without any table.
    private static bool IsOurs(SqliteConnection connection) => connection.Number("PRAGMA application_id") switch
    {
        Application => true,
        0 => connection.Number("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('setting', 'log_floor', 'generation', 'log_batch', 'state')") == 5
            || (connection.Number("PRAGMA user_version") == 0 && connection.Number("SELECT count(*) FROM sqlite_schema") == 0),
        _ => false,
    };

    private static void Migrate(SqliteConnection connection, int from)
    {
        for (var version = from + 1; version <= Version; version++)
        {
            connection.Execute("BEGIN IMMEDIATE");
            connection.Execute(Script(version));
            connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {version}"));
            connection.Execute("COMMIT");
        }
    }

    private static string Script(int version)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"sqlite-{version:0000}.sql");
        using var stream = typeof(HubFile).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The script {name} is not part of the program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
