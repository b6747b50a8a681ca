using System.Runtime.CompilerServices;
using System.Text;
using OpenCode.Actors.Journaling.Segments;

namespace OpenCode.Actors.Journaling.Files;

/// <summary>Reads older entries from the segments, selecting before anything is made of them.</summary>
internal sealed class ColdReader(LogFiles files, EntryFilter filter)
{
    public const int PageBytes = 256 * 1024;

    private readonly byte[]? _location = filter.Location is null ? null : Encoding.UTF8.GetBytes(filter.Location);
    private readonly byte[]? _sessionId = filter.SessionId is null ? null : Encoding.UTF8.GetBytes(filter.SessionId);

    // The pages that are full, and the one that is not.
    private readonly Queue<EntryPage> _pages = new();
    private List<LogEntry> _entries = [];
    private int _bytes;
    private long _through;

    // Neighbours mostly have these in common.
    private string _lastLocation = "";
    private string _lastProject = "";
    private string _lastSessionId = "";
    private string _lastType = "";

    /// <summary>Reads from one segment.</summary>
    /// <param name="after">The offset to start behind.</param>
    /// <param name="until">The last offset wanted.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Pages up to the end of the segment that has the first entry.</returns>
    public async IAsyncEnumerable<EntryPage> ReadAsync(long after, long until, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (files.Find(after + 1) is not { } found)
            throw new JournalTrimmedException(after, files.Floor);

        using var cursor = new FrameCursor(found.Segment.File, found.Segment.Header, found.Position, found.Limit, PageBytes);
        _through = after;
        while (_through < until && await MoveNextAsync(cursor, found.Segment, cancellationToken).ConfigureAwait(false))
        {
            Take(cursor, until);
            while (_pages.TryDequeue(out var page))
                yield return page;
        }

        if (_through == after)
            yield break;

        var rest = _entries;
        (_entries, _bytes) = ([], 0);
        yield return new(rest, _through);
    }

    /// <summary>Moves to the next frame that has entries which were not looked at.</summary>
    private async ValueTask<bool> MoveNextAsync(FrameCursor cursor, Segment segment, CancellationToken cancellationToken)
    {
        try
        {
            while (await cursor.MoveNextAsync(cancellationToken).ConfigureAwait(false))
            {
                if (cursor.Frame.EntryCount > 0 && cursor.Frame.LastOffset > _through && await cursor.ReadBodyAsync(cancellationToken).ConfigureAwait(false))
                    return true;
                if (cursor.Fault is not null)
                    break;
            }
        }
        catch (ObjectDisposedException) when (segment.Dropped)
        {
            throw new JournalTrimmedException(_through, files.Floor);
        }

        return cursor.Fault is null ? false : throw new JournalCorruptException(
            segment.Header.Path,
            cursor.Position,
            cursor.Fault,
            "It was whole at the start of the process, so the disk may be failing. Restore the data folder from a backup.");
    }

    private void Take(FrameCursor cursor, long until)
    {
        var body = new BodyReader(cursor.Body.Span);
        var offset = cursor.Frame.FirstOffset - 1;
        while (offset < until && body.Next())
        {
            if (body.Tag != RecordTag.Entry || ++offset <= _through)
                continue;

            _through = offset;
            if (!Matches(ref body))
                continue;

            _entries.Add(new(offset, cursor.Frame.Time, Draft(ref body)));
            _bytes += body.Properties.Length;
            if (_bytes < PageBytes)
                continue;

            _pages.Enqueue(new(_entries, offset));
            (_entries, _bytes) = ([], 0);
        }
    }

    private bool Matches(ref BodyReader body) =>
        (_location is null || (body.Flags.HasFlag(EntryFlags.Location) && body.Location.SequenceEqual(_location)))
        && (_sessionId is null || (body.Flags.HasFlag(EntryFlags.Session) && body.SessionId.SequenceEqual(_sessionId)));

    private EntryDraft Draft(ref BodyReader body) => new(
        Encoding.UTF8.GetString(body.EventId),
        Share(body.Type, ref _lastType),
        body.Flags.HasFlag(EntryFlags.Location) ? Share(body.Location, ref _lastLocation) : null,
        body.Flags.HasFlag(EntryFlags.Project) ? Share(body.Project, ref _lastProject) : null,
        body.Flags.HasFlag(EntryFlags.Session) ? Share(body.SessionId, ref _lastSessionId) : null,
        body.Sequence,
        body.Flags.HasFlag(EntryFlags.Durable),
        body.Properties.ToArray());

    private static string Share(ReadOnlySpan<byte> text, ref string last)
    {
        if (!Ascii.Equals(text, last))
            last = Encoding.UTF8.GetString(text);

        return last;
    }
}
