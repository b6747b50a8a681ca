using System.Buffers;
using OpenCode.Actors.Journal.Disks;

namespace OpenCode.Actors.Journal.Bodies;

/// <summary>Goes through the frames of a segment and checks each.</summary>
/// <param name="file">The file.</param>
/// <param name="header">Its header.</param>
/// <param name="position">The position of the first frame.</param>
/// <param name="limit">Where to end, in bytes from the start of the file.</param>
/// <param name="bufferBytes">How much is read at a time, if no frame is longer.</param>
internal sealed class FrameCursor(IDiskFile file, SegmentHeader header, long position, long limit, int bufferBytes) : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(bufferBytes);
    private long _bufferFrom;
    private int _buffered;
    private long _next = position;
    private long? _nextOffset;
    private long _generation;

    /// <summary>Gets where the present frame begins; without one, where it ended.</summary>
    public long Position { get; private set; } = position;

    public FrameHeader Frame { get; private set; }

    /// <summary>Gets the body of the present frame, valid until the cursor moves.</summary>
    public ReadOnlyMemory<byte> Body => _buffer.AsMemory((int)(Position + FrameHeader.Bytes - _bufferFrom), Frame.BodyBytes);

    /// <summary>Gets what is wrong at <see cref="Position"/>; null if there is nothing wrong, or nothing more.</summary>
    public string? Fault { get; private set; }

    /// <summary>Expects a frame that goes on from what was before this segment.</summary>
    public void Expect(long firstOffset, long generation)
    {
        _nextOffset = firstOffset;
        _generation = generation;
    }

    /// <summary>Moves to the next frame and reads its header; the body only when it is asked for.</summary>
    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        Position = _next;
        if (Position >= limit)
            return false;

        if (!await BufferAsync(FrameHeader.Bytes, cancellationToken).ConfigureAwait(false))
            return Stop("the file ends within the header of a frame");

        if (!FrameHeader.TryRead(_buffer.AsSpan((int)(Position - _bufferFrom)), header.Salt, header.Base + Position - SegmentHeader.Bytes, out var frame))
            return Stop("there is no frame, or its header does not have its checksum");

        if ((_nextOffset is { } expected && frame.FirstOffset != expected) || frame.Generation < _generation)
            return Stop($"the frame says offset {frame.FirstOffset} of generation {frame.Generation}, which does not go on from the one before");

        if (Position + FrameHeader.Bytes + frame.BodyBytes > limit)
            return Stop("the file ends within a frame");

        Frame = frame;
        _next = Position + FrameHeader.Bytes + frame.BodyBytes;
        _nextOffset = frame.FirstOffset + frame.EntryCount;
        _generation = frame.Generation;
        return true;
    }

    /// <summary>Reads the body of the present frame.</summary>
    /// <returns>False if it is not as it was written.</returns>
    public async ValueTask<bool> ReadBodyAsync(CancellationToken cancellationToken)
    {
        if (!await BufferAsync(FrameHeader.Bytes + Frame.BodyBytes, cancellationToken).ConfigureAwait(false))
            return Stop("the file ends within a frame");

        return Crc32C.Of(Body.Span, header.Salt) == Frame.BodyChecksum || Stop("the body of a frame does not have its checksum");
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private bool Stop(string fault)
    {
        Fault = fault;
        return false;
    }

    /// <summary>Has the bytes from <see cref="Position"/> on in the buffer.</summary>
    private async ValueTask<bool> BufferAsync(int bytes, CancellationToken cancellationToken)
    {
        var kept = (int)Math.Max(0, _bufferFrom + _buffered - Position);
        if (Position >= _bufferFrom && kept >= bytes)
            return true;

        if (Position < _bufferFrom)
            kept = 0;

        var from = _buffer;
        if (_buffer.Length < bytes)
            _buffer = ArrayPool<byte>.Shared.Rent(bytes);

        from.AsSpan(_buffered - kept, kept).CopyTo(_buffer);
        if (!ReferenceEquals(from, _buffer))
            ArrayPool<byte>.Shared.Return(from);

        _bufferFrom = Position;
        var wanted = (int)Math.Min(_buffer.Length, limit - Position) - kept;
        _buffered = kept + await file.ReadAsync(Position + kept, _buffer.AsMemory(kept, wanted), cancellationToken).ConfigureAwait(false);
        return _buffered >= bytes;
    }
}
