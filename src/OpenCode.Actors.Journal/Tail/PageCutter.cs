using System.Text;
using OpenCode.Actors.Journal.Bodies;

namespace OpenCode.Actors.Journal.Tail;

/// <summary>Cuts the bodies of committed batches into pages for one reader, selecting before anything is made of an entry.</summary>
/// <param name="filter">What the reader wants.</param>
/// <param name="decoder">The journal's own: readers share the texts of its entries.</param>
internal sealed class PageCutter(EntryFilter filter, EntryDecoder decoder)
{
    public const int PageBytes = 256 * 1024;

    private readonly byte[]? _location = filter.Location is null ? null : Encoding.UTF8.GetBytes(filter.Location);
    private readonly byte[]? _sessionId = filter.SessionId is null ? null : Encoding.UTF8.GetBytes(filter.SessionId);

    private readonly List<EntryPage> _pages = [];
    private List<LogEntry> _entries = [];
    private int _bytes;
    private long _begun;
    private long _through;

    /// <summary>Cuts batches: entries have their properties in common with them, not a copy.</summary>
    /// <param name="batches">The batches, in order.</param>
    /// <param name="after">The offset to start behind.</param>
    /// <param name="until">The last offset wanted.</param>
    /// <returns>Pages up to the end of the batches, or to the last offset. The last may be without entries, since the reader moves on by it.</returns>
    /// <exception cref="InvalidDataException">A body has another number of entries than it should have.</exception>
    public IReadOnlyList<EntryPage> Cut(IEnumerable<RecentBatch> batches, long after, long until)
    {
        _pages.Clear();
        _begun = _through = after;
        foreach (var batch in batches)
        {
            if (batch.Drafts is { } drafts)
                Take(drafts, batch, until);
            else
                TakeBody(batch, until);
        }

        if (_through > _begun)
            EndPage();
        return _pages;
    }

    private void TakeBody(RecentBatch batch, long until)
    {
        var body = new BodyReader(batch.Body.Span);
        var offset = batch.First - 1;
        while (offset < until)
        {
            if (!body.Next())
            {
                if (offset != batch.Last)
                    throw new InvalidDataException($"The batch at {batch.First} should have {batch.Count} entries; its body has {offset + 1 - batch.First}.");
                return;
            }

            if (++offset <= _through)
                continue;

            _through = offset;
            if (Matches(ref body))
                Add(decoder.Read(ref body, offset, batch.At, batch.Body));
        }
    }

    private void Take(EntryDraft[] drafts, RecentBatch batch, long until)
    {
        for (var offset = Math.Max(batch.First, _through + 1); offset <= Math.Min(batch.Last, until); offset++)
        {
            _through = offset;
            var entry = new LogEntry(offset, batch.At, drafts[offset - batch.First]);
            if (filter.Matches(entry))
                Add(entry);
        }
    }

    private void Add(LogEntry entry)
    {
        _entries.Add(entry);
        _bytes += entry.Properties.Length;
        if (_bytes >= PageBytes)
            EndPage();
    }

    private void EndPage()
    {
        _pages.Add(new(_entries, _through));
        (_entries, _bytes, _begun) = ([], 0, _through);
    }

    private bool Matches(ref BodyReader body) =>
        (_location is null || (body.Flags.HasFlag(EntryFlags.Location) && body.Location.SequenceEqual(_location)))
        && (_sessionId is null || (body.Flags.HasFlag(EntryFlags.Session) && body.SessionId.SequenceEqual(_sessionId)));
}
