namespace OpenCode.Actors.Journaling.Segments;

/// <summary>
/// Room for bodies whose entries stay in memory for seconds: one behind the other in large arrays, which a collection leaves where they are. A young array of its own would be
/// copied twice, while all threads stand still. The collector frees an array with the last of its entries. Not thread-safe.
/// </summary>
internal sealed class BodySlab
{
    /// <summary>Far above the 85,000 bytes from which on the collector does not move an array.</summary>
    public const int Bytes = 256 * 1024;

    // A larger one gets an array of its own: it would leave too much of a slab empty.
    private const int LargeBytes = Bytes / 4;

    private byte[] _slab = [];
    private int _used;

    /// <summary>Gives room for a body; what is in it before is anything.</summary>
    public Memory<byte> Take(int bytes)
    {
        if (bytes > LargeBytes)
            return GC.AllocateUninitializedArray<byte>(bytes);

        if (bytes > _slab.Length - _used)
            (_slab, _used) = (GC.AllocateUninitializedArray<byte>(Bytes), 0);

        var room = _slab.AsMemory(_used, bytes);
        _used += bytes;
        return room;
    }

    /// <summary>Copies a body.</summary>
    public ReadOnlyMemory<byte> Keep(ReadOnlyMemory<byte> body)
    {
        var kept = Take(body.Length);
        body.CopyTo(kept);
        return kept;
    }
}
