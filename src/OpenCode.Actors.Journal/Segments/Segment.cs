using System.Runtime.InteropServices;
using OpenCode.Actors.Journal.Disks;

namespace OpenCode.Actors.Journal.Bodies;

/// <summary>One file of the log while the journal is open. Changed by the running commit, under the journal's lock; the last of them is the active one.</summary>
internal sealed class Segment(SegmentHeader header, IDiskFile file)
{
    /// <summary>A reader that starts in the middle looks through at most this much to find its place.</summary>
    private const int IndexEveryBytes = 64 * 1024;

    private readonly List<Mark> _marks = [];

    public SegmentHeader Header { get; } = header;

    public IDiskFile File { get; } = file;

    /// <summary>Gets the bytes of the file that are committed, header included.</summary>
    public long Length { get; private set; } = SegmentHeader.Bytes;

    /// <summary>Gets the offset of its last entry, or the one before its first.</summary>
    public long LastOffset { get; private set; } = header.FirstOffset - 1;

    /// <summary>Gets when its last frame was committed, in ticks UTC.</summary>
    public long LastAt { get; private set; }

    /// <summary>Gets or sets a value indicating whether retention has taken it away.</summary>
    public bool Dropped { get; set; }

    public bool HasEntries => LastOffset >= Header.FirstOffset;

    /// <summary>Gets the place in the log behind its last frame.</summary>
    public long EndPlace => PlaceOf(Length);

    public long PlaceOf(long position) => Header.Base + position - SegmentHeader.Bytes;

    /// <summary>Takes in the frame that begins at its end.</summary>
    public void Add(in FrameHeader frame)
    {
        if (_marks.Count == 0 || Length - _marks[^1].Position >= IndexEveryBytes)
            _marks.Add(new(frame.FirstOffset, Length));

        Length += FrameHeader.Bytes + frame.BodyBytes;
        LastOffset = frame.LastOffset;
        LastAt = frame.At;
    }

    /// <summary>Finds where to begin reading so as to meet an entry.</summary>
    /// <returns>The position of a frame at or before the one that has the entry.</returns>
    public long PositionBefore(long offset)
    {
        var (low, high) = (0, _marks.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_marks[middle].FirstOffset <= offset)
                low = middle;
            else
                high = middle - 1;
        }

        return _marks.Count == 0 ? Length : _marks[low].Position;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Mark(long FirstOffset, long Position);
}
