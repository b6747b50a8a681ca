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

    // How long a statement waits for another process that holds a lock, such as a sqlite3 that checkpoints.
    private const int BusyMilliseconds = 200;

    /// <summary>Gets the path of the file.</summary>
    public string Path { get; } = System.IO.Path.Combine(folder, DataFolder.DatabaseFile);

    /// <summary>Opens the connection that writes; makes the file, and brings its schema up to date.</summary>
    /// <exception cref="JournalVersionException">A newer program wrote the file.</exception>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public SqliteConnection OpenWriter()
    {
        var connection = Connect(SqliteOpenMode.ReadWriteCreate);
        try
        {
            // Of a new file only, before its first table.
            connection.Execute("PRAGMA auto_vacuum = incremental");
            if (CheckVersion(connection) == 0)
                FileControl.KeepToOwner(Path);
            UseLog(connection);

            // Retention needs room in the log of a full disk: it is not cut below this (rule "The store says what is wrong").
            connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA journal_size_limit = {LogBytes}"));
            connection.Execute("PRAGMA synchronous = full");
            Migrate(connection);
            return connection;
        }
        catch (SqliteException e) when (FileControl.IsFull(connection, e.SqliteExtendedErrorCode))
        {
            connection.Dispose();
            throw SqliteFaults.Full(Path, e);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // SQLite answers with the mode that it could set.
    private void UseLog(SqliteConnection connection)
    {
        if (connection.Value("PRAGMA journal_mode = wal") is not "wal" and var mode)
            throw new JournalFolderException(folder, $"'{DataFolder.DatabaseFile}' cannot have a write-ahead log there (it is in mode '{mode}')", "Put the folder on a local disk.");
    }

    /// <summary>Opens a connection that reads.</summary>
    public SqliteConnection OpenReader()
    {
        var connection = Connect(SqliteOpenMode.ReadWrite);
        connection.Execute("PRAGMA query_only = true");
        return connection;
    }

    private SqliteConnection Connect(SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path, Mode = mode, Pooling = false, DefaultTimeout = 1 }.ToString());
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

    /// <summary>Looks at the version of the schema.</summary>
    /// <returns>The version that the file has; 0 for a new file.</returns>
    /// <exception cref="JournalVersionException">A newer program wrote the file.</exception>
    public int CheckVersion(SqliteConnection connection)
    {
        var found = (int)connection.Number("PRAGMA user_version");
        return found <= Version ? found : throw new JournalVersionException(Path, found, Version);
    }

    private void Migrate(SqliteConnection connection)
    {
        var found = CheckVersion(connection);
        for (var version = found + 1; version <= Version; version++)
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
