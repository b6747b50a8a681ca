using System.Text;

namespace OpenCode.Actors.Journal;

/// <summary>One committed entry, as a reader gets it. Immutable.</summary>
public sealed class LogEntry
{
    /// <summary>Makes an entry of what was appended.</summary>
    /// <param name="offset">Place in the log, from 1, without gaps.</param>
    /// <param name="at">When it was committed.</param>
    /// <param name="draft">What was appended.</param>
    public LogEntry(long offset, DateTimeOffset at, EntryDraft draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        (Offset, At, EventIdUtf8, Type) = (offset, at, Encoding.UTF8.GetBytes(draft.EventId), draft.Type);
        (Location, Project, SessionId, Sequence, Durable, Properties) = (draft.Location, draft.Project, draft.SessionId, draft.Sequence, draft.Durable, draft.Properties);
    }

    internal LogEntry(long offset, DateTimeOffset at, ReadOnlyMemory<byte> eventIdUtf8, string type)
    {
        (Offset, At, EventIdUtf8, Type) = (offset, at, eventIdUtf8, type);
    }

    /// <summary>Gets the place in the log, from 1, without gaps.</summary>
    public long Offset { get; }

    /// <summary>Gets when it was committed.</summary>
    public DateTimeOffset At { get; }

    /// <summary>Gets the <c>evt_</c> id as it was written: no other entry has the same, so it is not worth a text of its own.</summary>
    public ReadOnlyMemory<byte> EventIdUtf8 { get; }

    /// <summary>Gets the <c>evt_</c> id, made anew each time.</summary>
    public string EventId => Encoding.UTF8.GetString(EventIdUtf8.Span);

    /// <summary>Gets the type of the event.</summary>
    public string Type { get; }

    /// <summary>Gets the directory it belongs to, or null.</summary>
    public string? Location { get; internal init; }

    /// <summary>Gets the project it belongs to, or null.</summary>
    public string? Project { get; internal init; }

    /// <summary>Gets the session it belongs to, or null.</summary>
    public string? SessionId { get; internal init; }

    /// <summary>Gets the place among the durable events of its session; -1 for all others.</summary>
    public long Sequence { get; internal init; }

    /// <summary>Gets a value indicating whether it was synced before it was shown.</summary>
    public bool Durable { get; internal init; }

    /// <summary>Gets the event's properties: one JSON value in UTF-8.</summary>
    public ReadOnlyMemory<byte> Properties { get; internal init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Offset} {Type} {EventId}";
}
