using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Streams.Frames;

namespace OpenCode.Actors.Streams.Log;

/// <summary>Frames of a run of the log, read from the journal for clients that are behind the ring. Immutable, shared.</summary>
internal sealed class LogPage
{
    private const int FixedBytes = 128;

    private readonly EntryFrames[] _entries;

    private LogPage(EntryFrames[] entries, long through)
    {
        _entries = entries;
        Through = through;
        Bytes = FixedBytes;
        foreach (var entry in entries)
            Bytes += FixedBytes + entry.Bytes;
    }

    /// <summary>Gets the last offset that was looked at: a reader that took all frames has all up to it.</summary>
    public long Through { get; }

    public long Bytes { get; }

    /// <summary>Gets the offset of the first deletion of a session; 0 without. On a page of one session it is the last of its events.</summary>
    public long DeletedAt { get; private init; }

    /// <summary>Gets the frames behind an offset.</summary>
    public ReadOnlySpan<EntryFrames> Behind(long offset)
    {
        var low = 0;
        var high = _entries.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_entries[middle].Offset > offset)
                high = middle;
            else
                low = middle + 1;
        }

        return _entries.AsSpan(low);
    }

    /// <summary>Encodes what the journal gave, up to an offset.</summary>
    public static LogPage From(EntryPage page, long through, bool wrapped, FrameEncoder encoder)
    {
        var count = page.Entries.Count;
        while (count > 0 && page.Entries[count - 1].Offset > through)
            count--;

        var entries = new EntryFrames[count];
        for (var i = 0; i < count; i++)
            entries[i] = encoder.Encode(page.Entries[i], wrapped);
        return new LogPage(entries, through) { DeletedAt = page.Entries.Take(count).FirstOrDefault(static entry => entry.Type == EventTypes.SessionDeleted)?.Offset ?? 0 };
    }
}
