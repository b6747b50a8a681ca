namespace OpenCode.Actors.Journal.Stores;

/// <summary>The store did not answer with a result; the derived type says what is known.</summary>
/// <param name="message">What happened.</param>
/// <param name="innerException">The cause, if there is one.</param>
internal abstract class StoreException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>No answer came: what was asked for may have happened, or may happen yet.</summary>
/// <param name="message">What happened.</param>
/// <param name="innerException">The cause, if there is one.</param>
internal sealed class StoreAwayException(string message, Exception? innerException = null) : StoreException(message, innerException);

/// <summary>The store answered that it did nothing, because something stood in the way: ask again.</summary>
/// <param name="message">What stood in the way.</param>
/// <param name="innerException">The cause, if there is one.</param>
internal sealed class StoreBusyException(string message, Exception? innerException = null) : StoreException(message, innerException);

/// <summary>The store answered that it did nothing, because it has no room.</summary>
/// <param name="message">What is full.</param>
/// <param name="freeBytes">Bytes that are free; null where that is not known.</param>
/// <param name="innerException">The cause, if there is one.</param>
internal sealed class StoreFullException(string message, long? freeBytes = null, Exception? innerException = null) : StoreException(message, innerException)
{
    /// <summary>Gets the bytes that are free; null where that is not known.</summary>
    public long? FreeBytes { get; } = freeBytes;
}

/// <summary>This process cannot go on with the store: it ends.</summary>
/// <param name="message">What tells so.</param>
/// <param name="innerException">The cause, if there is one.</param>
internal abstract class StoreLostException(string message, Exception? innerException = null) : StoreException(message, innerException)
{
    /// <summary>Gets what to do before the next start; null for nothing.</summary>
    public virtual string? Remedy => null;
}

/// <summary>The store is in another life than the one this process opened (rule "Life of the database").</summary>
/// <param name="message">What tells so.</param>
/// <param name="innerException">The cause, if there is one.</param>
internal sealed class StoreLifeException(string message, Exception? innerException = null) : StoreLostException(message, innerException)
{
    /// <summary>Gets a value indicating whether the generation that goes with that life has begun already.</summary>
    public bool IsNoted { get; init; }
}

/// <summary>A store that this process has for itself cannot be read or written any more (rule "The store says what is wrong"): what is committed is unknown.</summary>
/// <param name="message">What is wrong, and where.</param>
/// <param name="remedy">What to do.</param>
/// <param name="innerException">The cause, if there is one.</param>
internal sealed class StoreBrokenException(string message, string remedy, Exception? innerException = null) : StoreLostException(message, innerException)
{
    /// <inheritdoc/>
    public override string Remedy => remedy;
}

/// <summary>Another process has taken a store that this one had for itself (rule "One holder").</summary>
/// <param name="place">The store.</param>
internal sealed class StoreTakenException(string place) : StoreLostException($"another process has begun a generation in '{place}'")
{
    /// <inheritdoc/>
    public override string Remedy => "This one was taken for dead, or the lock of the folder does not work there (some network mounts). Leave the folder to the other one, or to this one (--data).";
}
