using Microsoft.Data.Sqlite;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Storage.Sqlite.Doors;
using SQLitePCL;

namespace OpenCode.Actors.Storage.Sqlite.Checking;

/// <summary>Looks over a data folder and changes nothing, also while a server has it.</summary>
public static class HubCheck
{
    // Each finds a violation: of rule "One batch, one transaction", of rule "One holder", or of what every reader relies on. The text names the fault.
    private static readonly (string Damage, string Sql)[] _invariants =
    [
        ("the row of log_floor is missing", "SELECT 1 WHERE (SELECT count(*) FROM log_floor) <> 1"),
        ("the log has a hole before offset", "SELECT first FROM (SELECT first, lag(first + count) OVER (ORDER BY first) AS due FROM log_batch) WHERE first <> due"),
        ("the first batch does not begin behind the floor: it begins at", "SELECT min(first) FROM log_batch HAVING min(first) <> (SELECT floor + 1 FROM log_floor)"),
        ("the sizes do not add up at offset", "SELECT first FROM (SELECT first, bytes - length(body) AS before, lag(bytes) OVER (ORDER BY first) AS due FROM log_batch) WHERE before <> due"),
        ("a row of state is ahead of the log: it was written at", $"SELECT pos FROM state WHERE pos > ({SqliteTimeline.Head})"),
        ("a generation began beyond the head:", $"SELECT number FROM generation WHERE head_before > ({SqliteTimeline.Head})"),
        ("a generation began before the one before it did:", "SELECT number FROM (SELECT number, head_before, lag(head_before) OVER (ORDER BY number) AS before FROM generation) WHERE head_before < before"),
        ("a batch is of a generation that never began, at offset", "SELECT first FROM log_batch WHERE generation > (SELECT max(number) FROM generation)"),
        ("a row of state is no JSON:", "SELECT owner || ' ' || kind || ' ' || key FROM state WHERE NOT json_valid(CAST(body AS TEXT))"),
    ];

    /// <summary>Looks over a folder.</summary>
    /// <param name="folder">The data folder.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="JournalException">It is of another version, or cannot be read.</exception>
    public static HubReport Run(string folder)
    {
        var path = Path.GetFullPath(folder);
        try
        {
            DataFolder.RequireThere(path);
            DataFolder.RefuseOldFormat(path);
            DataFolder.RefuseUnsafeFile(path);
            var file = new HubFile(path);
            return DataFolder.HasFile(file.Path) ? Run(path, file) : new(path, null, 0, 0, 0, 0, 0, []);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new JournalFolderException(path, $"it may not be read ({e.Message})", "Do this as the user of the server.");
        }
        catch (SqliteException e) when (e.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB)
        {
            return new(path, null, 0, 0, 0, 0, 0, [$"'{DataFolder.DatabaseFile}' cannot be read: {e.Message.TrimEnd('.')}. Restore it from a backup."]);
        }
        catch (SqliteException e)
        {
            throw SqliteFaults.ExplainRead(e, path, DataFolder.DatabaseFile);
        }
    }

    // Without a log no process has written, and all is in the file: it is read as it is, which needs no right to write and no room, and leaves nothing behind. (An empty
    // log is left by a start that the full disk refused.) Where a server came meanwhile, that may have read halves.
    private static HubReport Run(string path, HubFile file)
    {
        var before = DataFolder.Look(file.Path);
        if (!HasLog(file))
        {
            try
            {
                var report = Run(path, file, file.OpenUnchanging());
                if (IsUnchanged())
                    return report;
            }
            catch (Exception e) when (e is SqliteException or JournalException && !IsUnchanged())
            {
                // It read halves.
            }
        }

        return Run(path, file, file.OpenReader());

        bool IsUnchanged() => !HasLog(file) && DataFolder.Look(file.Path) == before;
    }

    private static bool HasLog(HubFile file) => DataFolder.Look(file.Path + "-wal") is { Length: > 0 };

    private static HubReport Run(string path, HubFile file, SqliteConnection opened)
    {
        using var connection = opened;
        _ = raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
        file.CheckVersion(connection);
        return Run(path, connection);
    }

    private static HubReport Run(string path, SqliteConnection connection)
    {
        // One moment of the file, also while a server writes to it.
        using var moment = connection.BeginTransaction(deferred: true);
        var damages = new List<string>();
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "PRAGMA integrity_check(20)";
            using var row = command.ExecuteReader();
            while (row.Read())
            {
                if (row.GetString(0) != "ok")
                    damages.Add($"{DataFolder.DatabaseFile}: {row.GetString(0)}");
            }
        }

        foreach (var (damage, sql) in damages.Count > 0 ? [] : _invariants)
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"{sql} LIMIT 1";
            if (command.ExecuteScalar() is { } where and not DBNull)
                damages.Add(sql.StartsWith("SELECT 1 WHERE", StringComparison.Ordinal) ? damage : $"{damage} {where}");
        }

        if (damages.Count == 0 && BodyCheck.FindDamage(connection) is { } body)
            damages.Add(body);

        return new(
            path,
            damages.Count > 0 ? null : SqliteTimeline.Read(connection),
            connection.Number("SELECT floor FROM log_floor"),
            connection.Number(SqliteTimeline.Head),
            connection.Number("SELECT count(*) FROM log_batch"),
            connection.Number("SELECT count(DISTINCT owner) FROM state"),
            connection.Number("SELECT count(*) FROM state"),
            damages);
    }
}
