namespace OpenCode.Actors.Streams.Log;

/// <summary>The journal can no longer be followed.</summary>
/// <param name="offset">The last entry that the ring got.</param>
/// <param name="cause">What the journal said.</param>
internal sealed class LogTailLostException(long offset, Exception cause)
    : Exception($"The journal cannot be followed behind {offset}: {cause.Message} Stop the node and start it again.", cause)
{
    public long Offset { get; } = offset;
}
