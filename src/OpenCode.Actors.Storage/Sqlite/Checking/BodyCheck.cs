using System.Text.Json;
using Microsoft.Data.Sqlite;
using OpenCode.Actors.Journal.Bodies;

namespace OpenCode.Actors.Storage.Sqlite.Checking;

/// <summary>Decodes every batch: SQLite knows nothing of what is in one.</summary>
internal static class BodyCheck
{
    /// <summary>Finds the first batch that cannot be read.</summary>
    /// <returns>What is wrong with it; null if all can be read.</returns>
    public static string? FindDamage(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT first, count, body FROM log_batch ORDER BY first";
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            if (WhatIsWrong(row.GetFieldValue<byte[]>(2), row.GetInt64(1)) is { } wrong)
                return $"the batch at offset {row.GetInt64(0)} cannot be read: {wrong}";
        }

        return null;
    }

    private static string? WhatIsWrong(byte[] bytes, long count)
    {
        try
        {
            var body = new BodyReader(bytes);
            var entries = 0L;
            for (; body.Next(); entries++)
            {
                var json = new Utf8JsonReader(body.Properties);
                json.Read();
                json.Skip();
            }

            return entries == count ? null : $"it has {entries} entries and not {count}";
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException or IndexOutOfRangeException or JsonException)
        {
            return e.Message;
        }
    }
}
