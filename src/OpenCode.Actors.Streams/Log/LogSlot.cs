using OpenCode.Actors.Journal;
using OpenCode.Actors.Streams.Frames;

namespace OpenCode.Actors.Streams.Log;

/// <summary>An entry in the ring, with the frames that were asked for so far. One object an event: each that survives costs all threads time at every collection.</summary>
internal sealed class LogSlot(LogEntry entry)
{
    // The slot itself, its entry with the texts around the properties, its places in three lanes.
    private const int FixedBytes = 384;

    // Written once, before the flag that announces them: a thread that sees the flag sees all of it.
    private EntryFrames _bare;
    private EntryFrames _wrapped;
    private volatile bool _hasBare;
    private volatile bool _hasWrapped;

    public LogEntry Entry { get; } = entry;

    public long Offset => Entry.Offset;

    /// <summary>Gets a value indicating whether it has left the ring, so that frames made now belong to their reader alone. Behind the ring's gate.</summary>
    public bool Evicted { get; private set; }

    /// <summary>Gets what the ring is charged for it; for its frames it is charged the slabs they are in.</summary>
    public int ChargedBytes => FixedBytes + Entry.Properties.Length;

    /// <summary>Returns the frames, if they are made.</summary>
    public bool TryGetFrames(bool wrapped, out EntryFrames frames)
    {
        var isMade = wrapped ? _hasWrapped : _hasBare;
        frames = !isMade ? default : wrapped ? _wrapped : _bare;
        return isMade;
    }

    public void AddNeedsGate(in EntryFrames frames, bool wrapped)
    {
        if (wrapped)
        {
            _wrapped = frames;
            _hasWrapped = true;
        }
        else
        {
            _bare = frames;
            _hasBare = true;
        }
    }

    public void EvictNeedsGate(FrameSlabs slabs)
    {
        Evicted = true;
        if (_hasBare)
            slabs.Release(_bare.Slab);
        if (_hasWrapped)
            slabs.Release(_wrapped.Slab);
    }
}
