using Microsoft.Data.Sqlite;

namespace OpenCode.Actors.Storage.Sqlite.Doors;

/// <summary>The library of SQLite.</summary>
public static class SqliteLibrary
{
    /// <summary>Loads it, while a start does other things: that takes about a tenth of the start.</summary>
    public static void Load() => _ = Task.Run(static () =>
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "CREATE TABLE loaded (at INTEGER)";
        command.ExecuteNonQuery();
    });
}
