namespace OpenCode.Actors.Journal.Disks;

/// <summary>The bytes of one file in memory, as written and as synced. Guarded by its disk.</summary>
internal sealed class MemoryContent
{
    private const int SectorBytes = 512;

    private byte[] _written = [];
    private byte[] _synced = [];
    private long _syncedLength;

    // All that differs between written and synced is within this range.
    private long _dirtyFrom = long.MaxValue;
    private long _dirtyTo;

    public long Length { get; private set; }

    public int Read(long position, Span<byte> buffer)
    {
        var count = (int)Math.Clamp(Length - position, 0, buffer.Length);
        _written.AsSpan((int)position, count).CopyTo(buffer);
        return count;
    }

    public void Write(long position, ReadOnlySpan<byte> bytes)
    {
        var end = position + bytes.Length;
        Reserve(ref _written, end);
        bytes.CopyTo(_written.AsSpan((int)position));
        MarkDirty(position, end);
        Length = Math.Max(Length, end);
    }

    public void Truncate(long length)
    {
        MarkDirty(length, Length);
        _written.AsSpan((int)length, (int)(Length - length)).Clear();
        Length = length;
    }

    public void Sync()
    {
        if (_dirtyFrom < _dirtyTo)
        {
            Reserve(ref _synced, _dirtyTo);
            Reserve(ref _written, _dirtyTo);
            _written.AsSpan((int)_dirtyFrom, (int)(_dirtyTo - _dirtyFrom)).CopyTo(_synced.AsSpan((int)_dirtyFrom));
        }

        _syncedLength = Length;
        _dirtyFrom = long.MaxValue;
        _dirtyTo = 0;
    }

    public void FlipBit(long bitOffset)
    {
        var mask = (byte)(1 << (int)(bitOffset % 8));
        _written[bitOffset / 8] ^= mask;
        if (bitOffset / 8 < _synced.Length)
            _synced[bitOffset / 8] ^= mask;
    }

    /// <summary>Keeps what was synced, and of the rest what the coins say.</summary>
    public void Crash(Func<ulong> coins)
    {
        var length = LengthAfterCrash(coins);
        Reserve(ref _synced, Math.Max(length, _dirtyTo));
        Reserve(ref _written, Math.Max(length, _dirtyTo));
        for (var sector = _dirtyFrom / SectorBytes * SectorBytes; sector < _dirtyTo; sector += SectorBytes)
        {
            if ((coins() & 1) == 0)
                continue;

            var bytes = (int)Math.Min(SectorBytes, _dirtyTo - sector);
            _written.AsSpan((int)sector, bytes).CopyTo(_synced.AsSpan((int)sector));
        }

        _synced.AsSpan((int)length).Clear();
        _written = (byte[])_synced.Clone();
        Length = _syncedLength = length;
        _dirtyFrom = long.MaxValue;
        _dirtyTo = 0;
    }

    public MemoryContent Copy()
    {
        var copy = new MemoryContent();
        copy.Write(0, _written.AsSpan(0, (int)Length));
        copy.Sync();
        return copy;
    }

    private static void Reserve(ref byte[] bytes, long length)
    {
        if (bytes.Length < length)
            Array.Resize(ref bytes, (int)Math.Max(length, Math.Min(2L * bytes.Length, Array.MaxLength)));
    }

    private long LengthAfterCrash(Func<ulong> coins)
    {
        var (least, most) = (Math.Min(Length, _syncedLength), Math.Max(Length, _syncedLength));
        return (coins() % 3) switch
        {
            0 => least,
            1 => most,
            _ => least + ((long)(coins() % (ulong)(most - least + 1)) / SectorBytes * SectorBytes),
        };
    }

    private void MarkDirty(long from, long to)
    {
        _dirtyFrom = Math.Min(_dirtyFrom, from);
        _dirtyTo = Math.Max(_dirtyTo, to);
    }
}
