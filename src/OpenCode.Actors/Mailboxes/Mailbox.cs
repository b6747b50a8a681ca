namespace OpenCode.Actors.Mailboxes;

/// <summary>The queue of user messages of one cell: many producers, one consumer (the cell's turn).</summary>
/// <remarks>
/// An enqueue is a full fence before it returns, and <see cref="IsEmpty"/> sees every enqueue that has passed its fence: the cell checks it after it has
/// given up its turn, the producer looks at the status after the enqueue, so one of the two notices the other.
/// </remarks>
internal abstract class Mailbox
{
    private TaskCompletionSource? _room;

    /// <summary>Gets the bound in messages; <see cref="int.MaxValue"/> without one.</summary>
    public virtual int Capacity => int.MaxValue;

    /// <summary>Gets a value indicating whether an overflow is a failure of the actor.</summary>
    public virtual bool FailsOnOverflow => false;

    public abstract bool IsEmpty { get; }

    /// <summary>Puts a message at the tail, if there is room.</summary>
    /// <param name="envelope">The message.</param>
    /// <param name="lost">What was dropped for it, or the message itself when it was not taken; none when nothing was lost.</param>
    /// <returns>False when the message was not taken.</returns>
    public abstract bool TryEnqueue(Envelope envelope, out Envelope lost);

    /// <summary>Puts a message at the tail also beyond the bound: what a cell sends to itself is bounded by the cell.</summary>
    /// <param name="envelope">The message.</param>
    public abstract void ForceEnqueue(Envelope envelope);

    /// <summary>Takes the first message, or none. Called by the cell's turn only.</summary>
    public abstract Envelope Dequeue();

    /// <summary>Returns a task that ends when the next message was taken out. Look for room again after the call, before waiting.</summary>
    public Task WaitForRoom()
    {
        while (true)
        {
            if (Volatile.Read(ref _room) is { } present)
                return present.Task;
            var fresh = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (Interlocked.CompareExchange(ref _room, fresh, null) is null)
                return fresh.Task;
        }
    }

    /// <summary>Wakes those who wait for room. A dequeue need not be a fence before it: the cell calls this again behind the fence at the end of its turn.</summary>
    public void SignalRoom()
    {
        if (Volatile.Read(ref _room) is not null)
            Interlocked.Exchange(ref _room, null)?.TrySetResult();
    }
}
