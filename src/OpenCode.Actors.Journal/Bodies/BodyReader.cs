namespace OpenCode.Actors.Journal.Bodies;

/// <summary>Reads the records in the body of a frame, one after the other, without copying.</summary>
/// <remarks>The body has been checked by its checksum: a record that does not fit is a fault of this program, and throws.</remarks>
internal ref struct BodyReader(ReadOnlySpan<byte> body)
{
    private ReadOnlySpan<byte> _rest = body;
    private readonly int _bodyBytes = body.Length;

    public RecordTag Tag { get; private set; }

    public EntryFlags Flags { get; private set; }

    // Of an entry.
    public ReadOnlySpan<byte> EventId { get; private set; }

    /// <summary>Gets where in the body the event id begins.</summary>
    public int EventIdPosition { get; private set; }

    public ReadOnlySpan<byte> Type { get; private set; }

    public ReadOnlySpan<byte> Location { get; private set; }

    public ReadOnlySpan<byte> Project { get; private set; }

    public ReadOnlySpan<byte> SessionId { get; private set; }

    public long Sequence { get; private set; }

    public ReadOnlySpan<byte> Properties { get; private set; }

    /// <summary>Gets where in the body the properties begin.</summary>
    public int PropertiesPosition { get; private set; }

    // Of a change.
    public ReadOnlySpan<byte> Kind { get; private set; }

    public ReadOnlySpan<byte> Owner { get; private set; }

    public ReadOnlySpan<byte> Key { get; private set; }

    /// <summary>Gets where in the body the row begins, with its checksum.</summary>
    public int RowPosition { get; private set; }

    /// <summary>Gets the length of the row; -1 if it is deleted.</summary>
    public int RowLength { get; private set; }

    public bool Next()
    {
        if (_rest.IsEmpty)
            return false;

        Tag = (RecordTag)_rest[0];
        _rest = _rest[1..];
        if (Tag == RecordTag.Entry)
            ReadEntry();
        else if (Tag is RecordTag.Put or RecordTag.Delete)
            ReadChange();
        else
            throw new InvalidDataException($"A record has the unknown tag {(byte)Tag}.");

        return true;
    }

    private void ReadEntry()
    {
        Flags = (EntryFlags)_rest[0];
        _rest = _rest[1..];
        EventId = ReadBytes();
        EventIdPosition = _bodyBytes - _rest.Length - EventId.Length;
        Type = ReadBytes();
        Location = Flags.HasFlag(EntryFlags.Location) ? ReadBytes() : default;
        Project = Flags.HasFlag(EntryFlags.Project) ? ReadBytes() : default;
        SessionId = Flags.HasFlag(EntryFlags.Session) ? ReadBytes() : default;
        Sequence = Flags.HasFlag(EntryFlags.Sequence) ? (long)ReadNumber() : -1;
        Properties = ReadBytes();
        PropertiesPosition = _bodyBytes - _rest.Length - Properties.Length;
    }

    private void ReadChange()
    {
        Kind = ReadBytes();
        Owner = ReadBytes();
        Key = ReadBytes();
        RowLength = -1;
        if (Tag == RecordTag.Delete)
            return;

        RowLength = (int)ReadNumber();
        RowPosition = _bodyBytes - _rest.Length;
        _rest = _rest[(sizeof(uint) + RowLength)..];
    }

    private ReadOnlySpan<byte> ReadBytes()
    {
        var length = (int)ReadNumber();
        var bytes = _rest[..length];
        _rest = _rest[length..];
        return bytes;
    }

    private ulong ReadNumber()
    {
        var number = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var b = _rest[0];
            _rest = _rest[1..];
            number |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                return number;
        }
    }
}
