namespace OpenCode.Actors.Journal.Bodies;

/// <summary>Reads the records in the body of a batch, one after the other, without copying.</summary>
/// <remarks>The store gives what it was given: a record that does not fit is a fault of this program, and throws.</remarks>
internal ref struct BodyReader(ReadOnlySpan<byte> body)
{
    private ReadOnlySpan<byte> _rest = body;
    private readonly int _bodyBytes = body.Length;

    public EntryFlags Flags { get; private set; }

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

    public bool Next()
    {
        if (_rest.IsEmpty)
            return false;

        var tag = (RecordTag)_rest[0];
        _rest = _rest[1..];
        if (tag != RecordTag.Entry)
            throw new InvalidDataException($"A record has the unknown tag {(byte)tag}.");

        ReadEntry();
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
