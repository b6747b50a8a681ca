using System.Globalization;
using Microsoft.Data.Sqlite;
using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Storage.Sqlite;

/// <summary>Removes what is older than retention wants, in steps so small that no append waits long for one. On the writing thread.</summary>
internal static class SqliteRetention
{
    private const int StepBatches = 256;
    private const long StepBytes = 2 * 1024 * 1024;
    private const int StepPages = 256;

    // Pages of 4 KiB that stay free for what is written next.
    private const long SparePages = 4096;

    /// <summary>Finds how far the next step may go.</summary>
    /// <param name="connection">The writing connection.</param>
    /// <param name="options">How much is kept.</param>
    /// <param name="head">The head.</param>
    /// <param name="now">The time.</param>
    /// <returns>The last offset that may go; null if nothing may.</returns>
    public static long? Find(SqliteConnection connection, JournalOptions options, SqliteHead head, DateTimeOffset now)
    {
        var held = Held(connection, options.HoldKinds);
        var cutoff = SqliteTime.Write(now.AddMilliseconds(-options.RetainMs));
        using var command = connection.CreateCommand();
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"SELECT first, count, at, bytes, length(body) FROM log_batch ORDER BY first LIMIT {StepBatches}");
        using var row = command.ExecuteReader();
        var (last, taken) = ((long?)null, 0L);
        while (row.Read() && taken < StepBytes)
        {
            var (end, at, kept, bytes) = (row.GetInt64(0) + row.GetInt64(1) - 1, row.GetInt64(2), head.Bytes - row.GetInt64(3) + row.GetInt64(4), row.GetInt64(4));
            if (end > held || (at >= cutoff && kept <= options.RetainBytes))
                break;

            (last, taken) = (end, taken + bytes);
        }

        return last;
    }

    /// <summary>Removes entries. In a transaction.</summary>
    /// <param name="connection">The writing connection.</param>
    /// <param name="generation">The generation of this process: nothing is removed in another one.</param>
    /// <param name="last">The last offset that goes.</param>
    /// <returns>The floor; null in another generation.</returns>
    public static long? Remove(SqliteConnection connection, long generation, long last)
    {
        using var command = connection.CreateCommand();
        command.Parameters.AddWithValue("$last", last);
        command.Parameters.AddWithValue("$generation", generation);
        command.CommandText = "UPDATE log_floor SET floor = max(floor, $last) WHERE (SELECT max(number) FROM generation) = $generation";
        if (command.ExecuteNonQuery() == 0)
            return null;

        command.CommandText = "DELETE FROM log_batch WHERE first <= $last";
        command.ExecuteNonQuery();
        return last;
    }

    /// <summary>Returns a part of the free pages to the system, if there are many. In a transaction.</summary>
    /// <param name="connection">The writing connection.</param>
    /// <param name="generation">The generation of this process: nothing is given back in another one.</param>
    /// <param name="all">Whether none is spared.</param>
    /// <returns>Whether there is more to give; null in another generation.</returns>
    public static bool? Shrink(SqliteConnection connection, long generation, bool all)
    {
        if (connection.Number(SqliteTimeline.CurrentGeneration) != generation)
            return null;

        var (free, pages) = (connection.Number("PRAGMA freelist_count"), connection.Number("PRAGMA page_count"));
        if (free == 0 || (!all && (free <= SparePages || free <= pages / 4)))
            return false;

        // Stepped to its end, or it gives one page.
        using var command = connection.CreateCommand();
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"PRAGMA incremental_vacuum({StepPages})");
        using var row = command.ExecuteReader();
        while (row.Read())
        {
        }

        return connection.Number("PRAGMA freelist_count") < free; // Not in a file without auto_vacuum.
    }

    private static long Held(SqliteConnection connection, ISet<string> kinds)
    {
        if (kinds.Count == 0)
            return long.MaxValue;

        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT min(pos) FROM state WHERE kind IN ({string.Join(", ", kinds.Select((kind, i) => command.Parameters.AddWithValue($"$k{i}", kind).ParameterName))})";
        return command.ExecuteScalar() is long held ? held : long.MaxValue;
    }
}
