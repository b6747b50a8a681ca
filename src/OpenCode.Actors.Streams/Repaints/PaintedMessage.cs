namespace OpenCode.Actors.Streams.Repaints;

/// <summary>What changed lately of one message.</summary>
internal sealed class PaintedMessage
{
    /// <summary>Gets or sets the last event about the message itself; null if only parts changed.</summary>
    public Upsert? Info { get; set; }

    /// <summary>Gets the last events about its parts, by their ids, which ascend.</summary>
    public SortedDictionary<string, Upsert> Parts { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets or sets the offset of the last change.</summary>
    public long Offset { get; set; }

    /// <summary>Gets or sets when that was.</summary>
    public DateTimeOffset At { get; set; }

    public int Bytes => (Info?.Bytes ?? 0) + Parts.Values.Sum(static part => part.Bytes);

    // A client shows parts of messages only that it knows.
    public IEnumerable<Upsert> Upserts => Info is null ? Parts.Values : Parts.Values.Prepend(Info);
}
