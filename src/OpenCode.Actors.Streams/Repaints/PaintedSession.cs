namespace OpenCode.Actors.Streams.Repaints;

/// <summary>What changed lately of one session.</summary>
internal sealed class PaintedSession
{
    /// <summary>Gets the last event of each type about the session as a whole, and of each answered request.</summary>
    public SortedDictionary<string, Upsert> Wholes { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets its messages by their ids, which ascend.</summary>
    public SortedDictionary<string, PaintedMessage> Messages { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets or sets the offset of the last change.</summary>
    public long Offset { get; set; }

    /// <summary>Gets or sets when that was.</summary>
    public DateTimeOffset At { get; set; }

    public int Bytes => Wholes.Values.Sum(static whole => whole.Bytes);

    /// <summary>Gets the events in an order in which nothing comes before what it belongs to.</summary>
    public IEnumerable<Upsert> Upserts => Wholes.Values.Concat(Messages.Values.SelectMany(static message => message.Upserts));
}
