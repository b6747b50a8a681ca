using OpenCode.Actors.Journaling;
using OpenCode.Actors.Streams.Frames;

namespace OpenCode.Actors.Streams.Log;

/// <summary>An entry in the ring, with the frames that were asked for so far.</summary>
internal sealed class LogSlot(LogEntry entry)
{
    // The slot itself, its entry, its places in three lanes.
    private const int FixedBytes = 320;
    private const int FramesBytes = 128;

    private volatile EntryFrames? _bare;
    private volatile EntryFrames? _wrapped;

    public LogEntry Entry { get; } = entry;

    public long Offset => Entry.Offset;

    /// <summary>Gets a value indicating whether it has left the ring, so that frames made now are nobody's but the reader's. Behind the ring's gate.</summary>
    public bool Evicted { get; private set; }

    /// <summary>Gets what the ring is charged for it. Behind the ring's gate.</summary>
    public long ChargedBytes { get; private set; } = FixedBytes + entry.Properties.Length;

    /// <summary>Gets the frames, if they are made; null if not.</summary>
    public EntryFrames? Frames(bool wrapped) => wrapped ? _wrapped : _bare;

    public void AddNeedsGate(EntryFrames frames, bool wrapped)
    {
        ChargedBytes += FramesBytes + frames.Bytes;
        if (wrapped)
            _wrapped = frames;
        else
            _bare = frames;
    }

    public void EvictNeedsGate() => Evicted = true;
}
