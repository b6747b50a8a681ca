using Microsoft.Data.Sqlite;
using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Storage.Sqlite;

/// <summary>The log's identity and its starts, as the file has them (rule "Good cursor", rule "One holder").</summary>
internal static class SqliteTimeline
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int IdLength = 8;

    /// <summary>The offset of the last entry.</summary>
    public const string Head = "SELECT coalesce((SELECT first + count - 1 FROM log_batch ORDER BY first DESC LIMIT 1), (SELECT floor FROM log_floor))";

    /// <summary>The number of the generation that runs.</summary>
    public const string CurrentGeneration = "SELECT max(number) FROM generation";

    /// <summary>Begins the generation of this start, at the head that was found. It survives a power cut.</summary>
    /// <param name="connection">The writing connection.</param>
    /// <param name="transactions">Runs transactions on it.</param>
    /// <param name="now">The time.</param>
    /// <param name="entropy">Gives the id of a new log.</param>
    /// <param name="kept">How many generations are kept.</param>
    public static Timeline Begin(SqliteConnection connection, SqliteTransactions transactions, DateTimeOffset now, Func<ulong> entropy, int kept) => transactions.Run(isDurable: true, () =>
    {
        var last = connection.Number(CurrentGeneration);
        var number = last == 0 ? 1 : Generation.NextNumber(last, now);
        using var command = connection.CreateCommand();
        command.Parameters.AddWithValue("$number", number);
        command.Parameters.AddWithValue("$id", Id(entropy()));
        command.Parameters.AddWithValue("$kept", kept);
        command.CommandText =
            $"""
            INSERT INTO generation (number, head_before) VALUES ($number, ({Head}));
            INSERT INTO setting (key, value) VALUES ('timeline', $id) ON CONFLICT DO NOTHING;
            DELETE FROM generation WHERE number NOT IN (SELECT number FROM generation ORDER BY number DESC LIMIT $kept);
            """;
        command.ExecuteNonQuery();
        return Read(connection);
    })!;

    /// <summary>Reads it.</summary>
    public static Timeline Read(SqliteConnection connection)
    {
        var id = connection.Value("SELECT value FROM setting WHERE key = 'timeline'") as string ?? "";
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT number, head_before FROM generation ORDER BY number";
        var generations = new List<Generation>();
        using var row = command.ExecuteReader();
        while (row.Read())
            generations.Add(new(row.GetInt64(0), row.GetInt64(1)));

        return new(id, generations);
    }

    /// <summary>Reads the boot of the machine in which the file was last checked; null for none.</summary>
    public static string? Boot(SqliteConnection connection) => connection.Value("SELECT value FROM setting WHERE key = 'boot'") as string;

    /// <summary>Notes it. In a transaction.</summary>
    /// <returns>What was noted; null in another generation.</returns>
    public static string? NoteBoot(SqliteConnection connection, long generation, string boot)
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            INSERT INTO setting (key, value) SELECT 'boot', $boot WHERE (SELECT max(number) FROM generation) = $generation
            ON CONFLICT (key) DO UPDATE SET value = excluded.value
            """;
        command.Parameters.AddWithValue("$boot", boot);
        command.Parameters.AddWithValue("$generation", generation);
        return command.ExecuteNonQuery() == 0 ? null : boot;
    }

    private static string Id(ulong number) => string.Create(IdLength, number, static (text, left) =>
    {
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = Digits[(int)(left % (ulong)Digits.Length)];
            left /= (ulong)Digits.Length;
        }
    });
}
