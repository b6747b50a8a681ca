namespace OpenCode.Actors.Journal.Batches;

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
/// <param name="innerException">The cause, if there is one.</param>
internal sealed class StoreFullException(string message, Exception? innerException = null) : StoreException(message, innerException);

/// <summary>The store is in another life than the one this process opened (RULES E5).</summary>
/// <param name="message">What tells so.</param>
/// <param name="innerException">The cause, if there is one.</param>
internal sealed class StoreLifeException(string message, Exception? innerException = null) : StoreException(message, innerException)
{
    /// <summary>Gets a value indicating whether the generation that goes with that life has begun already.</summary>
    public bool IsNoted { get; init; }
}
