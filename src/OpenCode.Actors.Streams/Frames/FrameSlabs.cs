namespace OpenCode.Actors.Streams.Frames;

/// <summary>
/// Where the ring keeps its frames: side by side in a few large arrays, since a collection copies every young array of its own, twice, while all threads stand still.
/// Behind the ring's gate.
/// </summary>
/// <param name="ringBytes">What the ring may take in all: a slab is a small part of it.</param>
internal sealed class FrameSlabs(long ringBytes)
{
    // Far above the 85,000 bytes from which on the collector leaves an array where it is.
    private const int MaxSlabBytes = 256 * 1024;
    private const int SlabsPerRing = 16;

    // An entry with more than this part of a slab gets one of its own: what stays empty at the end of a slab is charged too.
    private const int LargeShare = 4;

    private readonly int _slabBytes = (int)Math.Min(MaxSlabBytes, ringBytes / SlabsPerRing);
    private FrameSlab? _open;

    /// <summary>Gets the bytes of all slabs that hold a frame of the ring, each counted whole: one entry keeps all of its slab.</summary>
    public long Bytes { get; private set; }

    /// <summary>Finds room for the frames of one entry.</summary>
    public FrameSlab Hold(int count)
    {
        var slab = _open;
        if (count > _slabBytes / LargeShare)
            slab = New(count);
        else if (slab is null || !slab.HasRoomFor(count))
            slab = _open = New(_slabBytes);

        slab.Entries++;
        return slab;
    }

    /// <summary>Releases the frames of one entry. A slab is never written again where frames were: a write may still send them.</summary>
    public void Release(FrameSlab slab)
    {
        if (--slab.Entries > 0)
            return;

        Bytes -= slab.Bytes.Length;
        if (slab == _open)
            _open = null;
    }

    private FrameSlab New(int bytes)
    {
        Bytes += bytes;
        return new FrameSlab(bytes);
    }
}
