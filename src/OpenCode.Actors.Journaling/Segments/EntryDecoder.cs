using System.Text;

namespace OpenCode.Actors.Journaling.Segments;

/// <summary>Makes entries of the records of a body. Neighbours mostly have their texts in common, which are then made once. Not thread-safe.</summary>
internal sealed class EntryDecoder
{
    private string _lastLocation = "";
    private string _lastProject = "";
    private string _lastSessionId = "";
    private string _lastType = "";

    /// <summary>Makes the entry that the reader stands at.</summary>
    /// <param name="body">The reader.</param>
    /// <param name="kept">The body, where it is not used for anything else any more: entries then have their properties in it, not a copy.</param>
    public EntryDraft Read(ref BodyReader body, ReadOnlyMemory<byte> kept = default) => new(
        Encoding.UTF8.GetString(body.EventId),
        Share(body.Type, ref _lastType),
        body.Flags.HasFlag(EntryFlags.Location) ? Share(body.Location, ref _lastLocation) : null,
        body.Flags.HasFlag(EntryFlags.Project) ? Share(body.Project, ref _lastProject) : null,
        body.Flags.HasFlag(EntryFlags.Session) ? Share(body.SessionId, ref _lastSessionId) : null,
        body.Sequence,
        body.Flags.HasFlag(EntryFlags.Durable),
        kept.IsEmpty ? body.Properties.ToArray() : kept.Slice(body.PropertiesPosition, body.Properties.Length));

    private static string Share(ReadOnlySpan<byte> text, ref string last)
    {
        if (!Ascii.Equals(text, last))
            last = Encoding.UTF8.GetString(text);

        return last;
    }
}
