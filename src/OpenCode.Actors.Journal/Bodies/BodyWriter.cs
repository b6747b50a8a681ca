using System.Buffers;
using System.Text;

namespace OpenCode.Actors.Journal.Bodies;

/// <summary>Writes the body of a batch into one pooled buffer.</summary>
/// <remarks>
/// A record is a tag and its fields; numbers are LEB128, text and bytes have their length before them. An entry: flags, event id, type, then location, project, session,
/// sequence as the flags say, properties. Offsets are not in it, so that a body can be made before its place is known.
/// </remarks>
internal sealed class BodyWriter
{
    private const int MaxVarintBytes = 10;
    private const int MaxBodyBytes = 256 * 1024 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);

    /// <summary>Gets how many bytes are written so far.</summary>
    public int Length { get; private set; }

    /// <summary>Gets the body.</summary>
    public Memory<byte> Body => _buffer.AsMemory(0, Length);

    /// <summary>Starts over; a buffer that grew large goes back to the pool.</summary>
    public void Clear(int keepBytes)
    {
        Length = 0;
        if (_buffer.Length <= keepBytes)
            return;

        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
    }

    /// <summary>Returns how many bytes the entries of a batch take at most.</summary>
    public static long MostBytes(JournalBatch batch)
    {
        var total = 0L;
        for (var i = 0; i < batch.Entries.Count; i++)
        {
            var e = batch.Entries[i];
            total += 2 + (7 * MaxVarintBytes) + MostBytes(e.EventId) + MostBytes(e.Type) + MostBytes(e.Location) + MostBytes(e.Project) + MostBytes(e.SessionId) + e.Properties.Length;
        }

        return total;
    }

    /// <summary>Makes room for what is written next.</summary>
    public void Reserve(long bytes)
    {
        var needed = Length + bytes;
        if (needed <= _buffer.Length)
            return;

        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Max(needed, Math.Min(2L * _buffer.Length, MaxBodyBytes)));
        _buffer.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    public void Write(EntryDraft entry)
    {
        var flags = EntryFlags.None;
        if (entry.Durable)
            flags |= EntryFlags.Durable;
        if (entry.Location is not null)
            flags |= EntryFlags.Location;
        if (entry.Project is not null)
            flags |= EntryFlags.Project;
        if (entry.SessionId is not null)
            flags |= EntryFlags.Session;
        if (entry.Sequence >= 0)
            flags |= EntryFlags.Sequence;

        _buffer[Length++] = (byte)RecordTag.Entry;
        _buffer[Length++] = (byte)flags;
        Write(entry.EventId);
        Write(entry.Type);
        if (entry.Location is not null)
            Write(entry.Location);
        if (entry.Project is not null)
            Write(entry.Project);
        if (entry.SessionId is not null)
            Write(entry.SessionId);
        if (entry.Sequence >= 0)
            Write((ulong)entry.Sequence);
        Write((ulong)entry.Properties.Length);
        Write(entry.Properties.Span);
    }

    /// <summary>Returns how many bytes a text takes at most.</summary>
    public static long MostBytes(string? text) => text is null ? 0 : 3L * text.Length;

    private void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.AsSpan(Length));
        Length += bytes.Length;
    }

    private void Write(string text)
    {
        // Nearly all text is short and ASCII: then the length is one byte, and known before the text is encoded.
        if (text.Length <= 127 && Encoding.UTF8.TryGetBytes(text, _buffer.AsSpan(Length + 1, text.Length), out var written))
        {
            _buffer[Length] = (byte)written;
            Length += 1 + written;
            return;
        }

        var bytes = Encoding.UTF8.GetByteCount(text);
        Write((ulong)bytes);
        Length += Encoding.UTF8.GetBytes(text, _buffer.AsSpan(Length));
    }

    private void Write(ulong number)
    {
        while (number >= 0x80)
        {
            _buffer[Length++] = (byte)(number | 0x80);
            number >>= 7;
        }

        _buffer[Length++] = (byte)number;
    }
}
