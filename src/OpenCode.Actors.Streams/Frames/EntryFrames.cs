using System.Runtime.InteropServices;

namespace OpenCode.Actors.Streams.Frames;

/// <summary>The frames of one entry on one kind of stream; made once, shared by all its clients.</summary>
/// <param name="offset">The entry's offset.</param>
/// <param name="slab">Where the frames are, the first at the start, its twin behind it.</param>
/// <param name="start">Where in the slab.</param>
/// <param name="firstBytes">The length of the event's frame.</param>
/// <param name="twinBytes">The length of the sync frame that follows it on a wrapped stream; 0 for all but durable events of a session.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly struct EntryFrames(long offset, FrameSlab slab, int start, int firstBytes, int twinBytes)
{
    public long Offset { get; } = offset;

    public FrameSlab Slab { get; } = slab;

    public ReadOnlyMemory<byte> First => Slab.Bytes.AsMemory(start, firstBytes);

    /// <summary>Gets the twin; empty if there is none.</summary>
    public ReadOnlyMemory<byte> Twin => Slab.Bytes.AsMemory(start + firstBytes, twinBytes);

    public int Bytes => firstBytes + twinBytes;
}
