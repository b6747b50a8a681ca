using System.Text;

namespace OpenCode.Actors.Journal.Bodies;

/// <summary>Makes entries of the records of a body. Entries near each other mostly have their texts in common, which are then made once. Thread-safe.</summary>
internal sealed class EntryDecoder
{
    // Each text in the one place that its hash gives: enough for the sessions that are at work together.
    private readonly string?[] _texts = new string?[256];

    /// <summary>Makes the entry that the reader is at.</summary>
    /// <param name="body">The reader.</param>
    /// <param name="offset">The entry's offset.</param>
    /// <param name="at">When it was committed.</param>
    /// <param name="bytes">The body, which is not used for anything else: entries have their id and properties in it, not a copy.</param>
    public LogEntry Read(ref BodyReader body, long offset, DateTimeOffset at, ReadOnlyMemory<byte> bytes) => new(
        offset,
        at,
        bytes.Slice(body.EventIdPosition, body.EventId.Length),
        Share(body.Type))
    {
        Location = body.Flags.HasFlag(EntryFlags.Location) ? Share(body.Location) : null,
        Project = body.Flags.HasFlag(EntryFlags.Project) ? Share(body.Project) : null,
        SessionId = body.Flags.HasFlag(EntryFlags.Session) ? Share(body.SessionId) : null,
        Sequence = body.Sequence,
        Durable = body.Flags.HasFlag(EntryFlags.Durable),
        Properties = bytes.Slice(body.PropertiesPosition, body.Properties.Length),
    };

    private string Share(ReadOnlySpan<byte> text)
    {
        // Two threads may each make the same text, or put another into its place: either is only made once more then.
        var hash = 2_166_136_261; // FNV-1a: the same in each process.
        foreach (var one in text)
            hash = (hash ^ one) * 16_777_619;
        var place = hash % (uint)_texts.Length;
        var known = _texts[place];
        if (known is null || !Ascii.Equals(text, known))
            _texts[place] = known = Encoding.UTF8.GetString(text);

        return known;
    }
}
