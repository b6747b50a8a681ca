using System.Buffers;
using System.Collections;

namespace OpenCode.Actors.Streams.Frames;

/// <summary>What one write sends: whole frames in order, shared with all other clients. At most 256 KiB, or one entry that is larger (rule "Bounded memory").</summary>
/// <remarks>Belongs to its stream, which empties it as soon as the writer has returned: a writer must not keep it, nor a frame of it.</remarks>
internal sealed class FrameRun : IReadOnlyList<ReadOnlyMemory<byte>>
{
    /// <summary>The longest run for a client that takes all at once.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>The longest run for a client that lets us wait: it moves on in steps small enough to be seen within the write timeout, however slow its line.</summary>
    public const int SlowBytes = 32 * 1024;

    // What an idle client keeps. A longer run borrows its array until it is written.
    private const int KeptFrames = 4;

    private readonly ReadOnlyMemory<byte>[] _kept = new ReadOnlyMemory<byte>[KeptFrames];
    private ReadOnlyMemory<byte>[] _frames;

    public FrameRun() => _frames = _kept;

    /// <summary>Gets or sets the length beyond which the run takes no further entry.</summary>
    public int Limit { get; set; } = MaxBytes;

    /// <summary>Gets the bytes of all frames together.</summary>
    public int Bytes { get; private set; }

    /// <inheritdoc/>
    public int Count { get; private set; }

    /// <summary>Gets the frames as one span, for a writer that copies them one after the other.</summary>
    public ReadOnlySpan<ReadOnlyMemory<byte>> Frames => _frames.AsSpan(0, Count);

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> this[int index] => Frames[index];

    /// <summary>True if an entry with this many bytes still goes into the run.</summary>
    public bool HasRoomFor(int bytes) => Count == 0 || Bytes + bytes <= Limit;

    public void Add(ReadOnlyMemory<byte> frame)
    {
        if (Count == _frames.Length)
            Grow();

        _frames[Count++] = frame;
        Bytes += frame.Length;
    }

    /// <summary>Forgets the frames, so that the ring may let them go.</summary>
    public void Clear()
    {
        _frames.AsSpan(0, Count).Clear();
        if (_frames != _kept)
        {
            ArrayPool<ReadOnlyMemory<byte>>.Shared.Return(_frames);
            _frames = _kept;
        }

        Count = 0;
        Bytes = 0;
    }

    /// <inheritdoc/>
    public IEnumerator<ReadOnlyMemory<byte>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return _frames[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Grow()
    {
        var larger = ArrayPool<ReadOnlyMemory<byte>>.Shared.Rent(_frames.Length * 4);
        Frames.CopyTo(larger);
        if (_frames != _kept)
            ArrayPool<ReadOnlyMemory<byte>>.Shared.Return(_frames, clearArray: true);
        _frames = larger;
    }
}
