namespace OpenCode.Actors.Journaling;

/// <summary>One committed entry. Immutable, shared by all readers.</summary>
/// <param name="offset">Place in the log, from 1, without gaps.</param>
/// <param name="at">When it was committed.</param>
/// <param name="draft">What was appended.</param>
public sealed class LogEntry(long offset, DateTimeOffset at, EntryDraft draft)
{
    /// <summary>Gets the place in the log, from 1, without gaps.</summary>
    public long Offset { get; } = offset;

    /// <summary>Gets when it was committed.</summary>
    public DateTimeOffset At { get; } = at;

    /// <summary>Gets the <c>evt_</c> id.</summary>
    public string EventId => draft.EventId;

    /// <summary>Gets the type of the event.</summary>
    public string Type => draft.Type;

    /// <summary>Gets the directory it belongs to, or null.</summary>
    public string? Location => draft.Location;

    /// <summary>Gets the project it belongs to, or null.</summary>
    public string? Project => draft.Project;

    /// <summary>Gets the session it belongs to, or null.</summary>
    public string? SessionId => draft.SessionId;

    /// <summary>Gets the place among the durable events of its session; -1 for all others.</summary>
    public long Sequence => draft.Sequence;

    /// <summary>Gets a value indicating whether it was synced before it was shown.</summary>
    public bool Durable => draft.Durable;

    /// <summary>Gets the event's properties: one JSON value in UTF-8.</summary>
    public ReadOnlyMemory<byte> Properties => draft.Properties;

    /// <inheritdoc/>
    public override string ToString() => $"{Offset} {Type} {EventId}";
}
