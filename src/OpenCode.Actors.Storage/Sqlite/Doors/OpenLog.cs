using System.Globalization;
using Microsoft.Data.Sqlite;
using OpenCode.Actors.Journal.Batches;
using SQLitePCL;

namespace OpenCode.Actors.Storage.Sqlite.Doors;

/// <summary>The write-ahead log that SQLite has open: its removal loses commits that are not in the file yet. Checked by name only (rule "Only SQLite opens the file"), on Linux only.</summary>
internal sealed class OpenLog
{
    private const string OpenFiles = "/proc/self/fd";

    private readonly string _path;
    private readonly string? _open;

    private OpenLog(string path, string? open) => (_path, _open) = (path, open);

    /// <summary>Finds it.</summary>
    /// <param name="connection">A connection that has written.</param>
    public static OpenLog Of(SqliteConnection connection)
    {
        var path = raw.sqlite3_db_filename(connection.Handle, "main").utf8_to_string() + "-wal";
        return new(path, Directory.Exists(OpenFiles) ? Directory.GetFiles(OpenFiles).OrderByDescending(Number).FirstOrDefault(file => Target(file) == path) : null);
    }

    /// <summary>Looks whether it is still at its path.</summary>
    /// <exception cref="StoreBrokenException">It was removed, renamed or replaced.</exception>
    public void CheckInPlace()
    {
        if (_open is not null && Target(_open) != _path)
            throw FileControl.Moved(_path);
    }

    // Opened last, it is found soon: a look at each of the others takes time that a start has not.
    private static int Number(string file) => int.Parse(Path.GetFileName(file), CultureInfo.InvariantCulture);

    // Of a file that was removed the system says so behind the path.
    private static string? Target(string file)
    {
        try
        {
            return new FileInfo(file).LinkTarget;
        }
        catch (IOException)
        {
            return null; // Closed while it was looked at.
        }
    }
}
