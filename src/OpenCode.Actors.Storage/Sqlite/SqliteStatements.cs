using Microsoft.Data.Sqlite;

namespace OpenCode.Actors.Storage.Sqlite;

/// <summary>Statements on a connection.</summary>
internal static class SqliteStatements
{
    /// <summary>Runs a statement without a result.</summary>
    public static void Execute(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Runs a statement with one number as its result; 0 for none.</summary>
    public static long Number(this SqliteConnection connection, string sql) => connection.Value(sql) as long? ?? 0;

    /// <summary>Runs a statement with one value as its result.</summary>
    public static object? Value(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    /// <summary>Prepares a statement that is run again and again.</summary>
    public static SqliteCommand Prepare(this SqliteConnection connection, string sql, params ReadOnlySpan<string> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters)
            command.Parameters.Add(new SqliteParameter(name, null));
        command.Prepare();
        return command;
    }
}
