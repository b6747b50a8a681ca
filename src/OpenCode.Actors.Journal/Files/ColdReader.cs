using System.Runtime.CompilerServices;
using OpenCode.Actors.Journal.Bodies;
using OpenCode.Actors.Journal.Tail;

namespace OpenCode.Actors.Journal.Files;

/// <summary>Reads older entries from the segments, selecting before anything is made of them.</summary>
internal sealed class ColdReader(LogFiles files, EntryFilter filter, EntryDecoder decoder)
{
    private readonly PageCutter _pages = new(filter, decoder);

    /// <summary>Reads from one segment.</summary>
    /// <param name="after">The offset to start behind.</param>
    /// <param name="until">The last offset wanted.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Pages up to the end of the segment that has the first entry.</returns>
    public async IAsyncEnumerable<EntryPage> ReadAsync(long after, long until, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (files.Find(after + 1) is not { } found)
            throw new JournalTrimmedException(after, files.Floor);

        using var cursor = new FrameCursor(found.Segment.File, found.Segment.Header, found.Position, found.Limit, PageCutter.PageBytes);
        _pages.Begin(after);
        while (_pages.Through < until && await MoveNextAsync(cursor, found.Segment, cancellationToken).ConfigureAwait(false))
        {
            _pages.Take(cursor.Body, cursor.Frame.FirstOffset, cursor.Frame.EntryCount, cursor.Frame.Time, until);
            while (_pages.NextFull() is { } page)
                yield return page;
        }

        if (_pages.Rest() is { } rest)
            yield return rest;
    }

    /// <summary>Moves to the next frame that has entries which were not looked at.</summary>
    private async ValueTask<bool> MoveNextAsync(FrameCursor cursor, Segment segment, CancellationToken cancellationToken)
    {
        try
        {
            while (await cursor.MoveNextAsync(cancellationToken).ConfigureAwait(false))
            {
                if (cursor.Frame.EntryCount > 0 && cursor.Frame.LastOffset > _pages.Through && await cursor.ReadBodyAsync(cancellationToken).ConfigureAwait(false))
                    return true;
                if (cursor.Fault is not null)
                    break;
            }
        }
        catch (ObjectDisposedException) when (segment.Dropped)
        {
            throw new JournalTrimmedException(_pages.Through, files.Floor);
        }

        return cursor.Fault is null ? false : throw new JournalCorruptException(
            segment.Header.Path,
            cursor.Position,
            cursor.Fault,
            "It was whole at the start of the process, so the disk may be failing. Restore the data folder from a backup.");
    }
}
