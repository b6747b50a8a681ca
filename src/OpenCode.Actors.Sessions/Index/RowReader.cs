using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Sessions.Index;

/// <summary>Reads the rows of sessions for the index. A row that cannot be read is logged and left out, since one row must not hold up all sessions.</summary>
/// <param name="logger">The log of the server.</param>
internal sealed partial class RowReader(ILogger logger)
{
    private readonly EntryReader _entries = new();

    /// <summary>Reads the row of a session's info.</summary>
    /// <returns>The entry; null when the row cannot be read.</returns>
    public SessionEntry? ReadEntry(StateRow row) => Read(row, source => _entries.Read(source.Json.Span, source.Owner));

    /// <summary>Reads a row.</summary>
    /// <returns>What is in it; null when it cannot be read.</returns>
    public T? Read<T>(StateRow row, JsonTypeInfo<T> json)
        where T : class =>
        Read(row, source => JsonSerializer.Deserialize(source.Json.Span, json) ?? throw new JsonException("The row is empty."));

    /// <summary>True if what was read is JSON of another shape than expected: for a value of the wrong type a reader of JSON throws more than a <see cref="JsonException"/>.</summary>
    public static bool IsOfJson(Exception e) => e is JsonException or InvalidOperationException or FormatException or ArgumentException;

    private T? Read<T>(StateRow row, Func<StateRow, T> read)
        where T : class
    {
        try
        {
            return read(row);
        }
        catch (Exception e) when (IsOfJson(e))
        {
            LogUnreadable(logger, e, row.Kind, row.Owner);
            return null;
        }
    }

    [LoggerMessage(EventId = 6042, Level = LogLevel.Error, Message = "The index cannot read a row '{Kind}' of {Owner} and goes on without it.")]
    private static partial void LogUnreadable(ILogger logger, Exception cause, string kind, string owner);
}
