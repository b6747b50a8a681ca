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

    // The pages that are full, and the one that is not.
    private readonly Queue<EntryPage> _pages = new();
    private List<LogEntry> _entries = [];
    private int _bytes;
    private long _begun;

    /// <summary>Gets the last offset that was looked at.</summary>
    public long Through { get; private set; }

    /// <summary>Starts behind an offset.</summary>
    public void Begin(long after) => _begun = Through = after;

    /// <summary>Cuts batches that are in memory: entries have their properties in common with them, not a copy.</summary>
    /// <param name="batches">The batches, in order.</param>
    /// <param name="after">The offset to start behind.</param>
    /// <param name="until">The last offset wanted.</param>
    /// <returns>Pages up to the end of the batches, or to the last offset.</returns>
    public IEnumerable<EntryPage> Cut(IEnumerable<RecentBatch> batches, long after, long until)
    {
        Begin(after);
        foreach (var batch in batches)
        {
            if (batch.Drafts is { } drafts)
                Take(drafts, batch, until);
            else
                Take(batch.Body, batch.First, batch.Count, batch.At, until, areKept: true);
        }

        while ((NextFull() ?? Rest()) is { } page)
            yield return page;
    }

    /// <summary>Takes a body. Entries that were looked at before are left out.</summary>
    /// <param name="bytes">The body.</param>
    /// <param name="first">The offset of its first entry.</param>
    /// <param name="count">How many entries it has.</param>
    /// <param name="at">When it was committed.</param>
    /// <param name="until">The last offset wanted.</param>
    /// <param name="areKept">Whether the bytes are not used for anything else any more.</param>
    /// <exception cref="InvalidDataException">It has another number of entries than it should have.</exception>
    public void Take(ReadOnlyMemory<byte> bytes, long first, int count, DateTimeOffset at, long until, bool areKept = false)
    {
        var body = new BodyReader(bytes.Span);
        var offset = first - 1;
        while (offset < until)
        {
            if (!body.Next())
            {
                if (offset != first + count - 1)
                    throw new InvalidDataException($"The batch at {first} should have {count} entries; its body has {offset + 1 - first}.");
                return;
            }

            if (body.Tag != RecordTag.Entry || ++offset <= Through)
                continue;

            Through = offset;
            if (Matches(ref body))
                Add(decoder.Read(ref body, offset, at, areKept ? bytes : default));
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

    private void Take(EntryDraft[] drafts, RecentBatch batch, long until)
    {
        for (var offset = Math.Max(batch.First, Through + 1); offset <= Math.Min(batch.Last, until); offset++)
        {
            Through = offset;
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
        _pages.Enqueue(new(_entries, Through));
        (_entries, _bytes, _begun) = ([], 0, Through);
    }

    private bool Matches(ref BodyReader body) =>
        (_location is null || (body.Flags.HasFlag(EntryFlags.Location) && body.Location.SequenceEqual(_location)))
        && (_sessionId is null || (body.Flags.HasFlag(EntryFlags.Session) && body.SessionId.SequenceEqual(_sessionId)));
}
