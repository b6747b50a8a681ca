using Microsoft.Data.Sqlite;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Sqlite.Harness;

/// <summary>The <c>hub.db</c> of a data folder as others than its server see it.</summary>
internal static class Hub
{
    public static string File(string dataFolder) => Path.Combine(dataFolder, "hub.db");

    public static string Log(string dataFolder) => File(dataFolder) + "-wal";

    /// <summary>Runs Debian's <c>sqlite3</c> on a file, as people do.</summary>
    /// <returns>What it printed.</returns>
    public static async Task<string> Sqlite3Async(string file, params string[] commands)
    {
        await using var process = ChildProcess.Start("sqlite3", ["-bail", file, .. commands], Path.GetTempPath());
        process.Input.Close();
        var exit = await process.ExitAsync(TimeSpan.FromMinutes(1));
        Assert.True(exit == 0, $"sqlite3 ended with {exit}: {process.Errors}");
        return process.Output;
    }

    /// <summary>Asserts that <c>check</c> finds nothing wrong with a folder.</summary>
    public static async Task AssertWholeAsync(string dataFolder)
    {
        var (exit, said) = await CheckAsync(dataFolder);
        Assert.True(exit == 0, said);
    }

    /// <summary>Runs <c>check</c>.</summary>
    public static Task<(int Exit, string Said)> CheckAsync(string dataFolder) => RunAsync([], "check", dataFolder);

    /// <summary>Runs a command of the program.</summary>
    /// <param name="within">The words before it.</param>
    /// <param name="command">The command and its options.</param>
    public static async Task<(int Exit, string Said)> RunAsync(string[] within, params string[] command)
    {
        await using var run = ChildProcess.Start("env", [.. within, "dotnet", Repository.ServerDll, .. command], Path.GetTempPath());
        var exit = await run.ExitAsync();
        return (exit, run.Output + run.Errors);
    }

    /// <summary>Opens a connection in the process of the tests: a program beside the server.</summary>
    public static SqliteConnection Open(string dataFolder)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = File(dataFolder), Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    public static object? Run(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    /// <summary>Reads the head that the generation that runs has found when it began.</summary>
    public static long HeadFound(string dataFolder)
    {
        using var connection = Open(dataFolder);
        return (long)connection.Run("SELECT head_before FROM generation ORDER BY number DESC LIMIT 1")!;
    }
}
