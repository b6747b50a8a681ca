using System.Text;
using OpenCode.Actors.Journaling.Segments;

namespace OpenCode.Actors.Journaling.Tail;

/// <summary>Cuts the bodies of committed batches into pages for one reader, selecting before anything is made of an entry.</summary>
/// <param name="filter">What the reader wants.</param>
internal sealed class PageCutter(EntryFilter filter)
{
    public const int PageBytes = 256 * 1024;

    private readonly byte[]? _location = filter.Location is null ? null : Encoding.UTF8.GetBytes(filter.Location);
    private readonly byte[]? _sessionId = filter.SessionId is null ? null : Encoding.UTF8.GetBytes(filter.SessionId);
    private readonly EntryDecoder _decoder = new();

    // The pages that are full, and the one that is not.
    private readonly Queue<EntryPage> _pages = new();
    private List<LogEntry> _entries = [];
    private int _bytes;
    private long _begun;

    /// <summary>Gets the last offset that was looked at.</summary>
    public long Through { get; private set; }

    /// <summary>Starts behind an offset.</summary>
    public void Begin(long after) => _begun = Through = after;

    /// <summary>Takes a body.</summary>
    /// <param name="bytes">The body.</param>
    /// <param name="firstOffset">The offset of its first entry. Entries that were looked at before are left out.</param>
    /// <param name="at">When it was committed.</param>
    /// <param name="until">The last offset wanted.</param>
    public void Take(ReadOnlySpan<byte> bytes, long firstOffset, DateTimeOffset at, long until)
    {
        var body = new BodyReader(bytes);
        var offset = firstOffset - 1;
        while (offset < until && body.Next())
        {
            if (body.Tag != RecordTag.Entry || ++offset <= Through)
                continue;

            Through = offset;
            if (!Matches(ref body))
                continue;

            _entries.Add(_decoder.Read(ref body, offset, at));
            _bytes += body.Properties.Length;
            if (_bytes >= PageBytes)
                EndPage();
        }
    }

    /// <summary>Takes a page that is full.</summary>
    public EntryPage? NextFull() => _pages.TryDequeue(out var page) ? page : null;

    /// <summary>Takes what is left, also without entries, since the reader moves on by it.</summary>
    /// <returns>Null if nothing was looked at since the last page.</returns>
    public EntryPage? Rest()
    {
        if (Through == _begun)
            return null;

        EndPage();
        return _pages.Dequeue();
    }

    private void EndPage()
    {
        _pages.Enqueue(new(_entries, Through));
        (_entries, _bytes, _begun) = ([], 0, Through);
    }

    private bool Matches(ref BodyReader body) =>
        (_location is null || (body.Flags.HasFlag(EntryFlags.Location) && body.Location.SequenceEqual(_location)))
        && (_sessionId is null || (body.Flags.HasFlag(EntryFlags.Session) && body.SessionId.SequenceEqual(_sessionId)));
}
