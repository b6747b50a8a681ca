namespace OpenCode.Actors.Streams.Frames;

/// <summary>One array for the frames of many entries. Full frames never change; the collector frees it when neither the ring nor a write refers to it.</summary>
/// <param name="bytes">Its length.</param>
internal sealed class FrameSlab(int bytes)
{
    private int _used;

    public byte[] Bytes { get; } = GC.AllocateUninitializedArray<byte>(bytes);

    /// <summary>Gets or sets how many entries of the ring have frames in it. Behind the ring's gate.</summary>
    public int Entries { get; set; }

    public bool HasRoomFor(int count) => count <= Bytes.Length - _used;

    /// <summary>Takes the next bytes.</summary>
    /// <returns>Where they begin.</returns>
    public int Take(int count)
    {
        var start = _used;
        _used += count;
        return start;
    }
}
