namespace OpenCode.Actors.Journal.Nodes;

/// <summary>Bodies too large for a message between nodes: they travel as a row, and the message carries the key. All nodes see the same.</summary>
/// <remarks>
/// A body is deleted by the append of what it was sent for (<see cref="JournalBatch.UsedBodies"/>), never before: until then the command may be sent again under the same key.
/// What no append names is gone 15 minutes after it was put, by the clock of the store. Each member may throw <see cref="ArbiterAwayException"/>, and may be called again then.
/// </remarks>
public interface ILargeBodies
{
    /// <summary>Stores a body. One that is there under the key is replaced, and its 15 minutes begin again.</summary>
    /// <param name="key">1 to 200 characters that cannot be guessed and are not used twice, such as the name of the command.</param>
    /// <param name="body">The body.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask PutAsync(string key, ReadOnlyMemory<byte> body, CancellationToken cancellationToken);

    /// <summary>Reads a body and leaves it there.</summary>
    /// <returns>The body; null when there is none under the key (any more).</returns>
    ValueTask<ReadOnlyMemory<byte>?> ReadAsync(string key, CancellationToken cancellationToken);
}
