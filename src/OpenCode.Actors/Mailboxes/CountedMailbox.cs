namespace OpenCode.Actors.Mailboxes;

/// <summary>The default: the linked queue with a count. A full one loses the new message.</summary>
internal sealed class CountedMailbox(int capacity, OverflowPolicy policy) : Mailbox
{
    private LinkedQueue _queue = new();
    private int _count;

    public override int Capacity => capacity;

    public override bool FailsOnOverflow => policy == OverflowPolicy.Fail;

    public override bool IsEmpty => _queue.IsEmpty;

    public override bool TryEnqueue(in Envelope envelope, out Envelope lost)
    {
        if (Volatile.Read(ref _count) >= capacity)
        {
            lost = envelope;
            return false;
        }

        if (Interlocked.Increment(ref _count) > capacity)
        {
            Interlocked.Decrement(ref _count);
            SignalRoom(); // Somebody may have seen the count of this failed try, and wait.
            lost = envelope;
            return false;
        }

        lost = default;
        _queue.Enqueue(envelope);
        return true;
    }

    public override void ForceEnqueue(in Envelope envelope)
    {
        Interlocked.Increment(ref _count);
        _queue.Enqueue(envelope);
    }

    public override bool TryDequeue(out Envelope envelope)
    {
        if (!_queue.TryDequeue(out envelope))
            return false;
        Interlocked.Decrement(ref _count);
        SignalRoom();
        return true;
    }
}
