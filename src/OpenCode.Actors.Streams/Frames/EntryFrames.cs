namespace OpenCode.Actors.Streams.Frames;

/// <summary>The frames of one entry on one kind of stream; made once, shared by all its subscribers.</summary>
/// <param name="offset">The entry's offset.</param>
/// <param name="first">The event.</param>
/// <param name="twin">The sync frame that follows it on a wrapped stream; null for all but durable events of a session (RULES A4).</param>
internal sealed class EntryFrames(long offset, byte[] first, byte[]? twin)
{
    public long Offset { get; } = offset;

    public byte[] First { get; } = first;

    public byte[]? Twin { get; } = twin;

    public int Bytes { get; } = first.Length + (twin?.Length ?? 0);
}
