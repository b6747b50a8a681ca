namespace OpenCode.Actors.Journal.Bodies;

/// <summary>
/// Keeps bodies whose entries stay in memory for seconds: one behind the other in large arrays, which a collection leaves where they are. A young array of its own would be
/// copied twice, while all threads stand still. The collector frees an array with the last of its entries. Not thread-safe.
/// </summary>
internal sealed class BodySlab
{
    /// <summary>Far above the 85,000 bytes from which on the collector does not move an array.</summary>
    public const int Bytes = 256 * 1024;

    // A larger one stays the array that it is: it would leave too much of a slab empty.
    private const int LargeBytes = Bytes / 4;

    private byte[] _slab = [];
    private int _used;

    /// <summary>Copies a body, unless it is large.</summary>
    public ReadOnlyMemory<byte> Keep(ReadOnlyMemory<byte> body)
    {
        if (body.Length > LargeBytes)
            return body;

        if (body.Length > _slab.Length - _used)
            (_slab, _used) = (GC.AllocateUninitializedArray<byte>(Bytes), 0);

        var kept = _slab.AsMemory(_used, body.Length);
        body.CopyTo(kept);
        _used += body.Length;
        return kept;
    }
}
