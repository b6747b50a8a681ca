namespace OpenCode.Actors.Mailboxes;

/// <summary>The default: a full one loses the new message.</summary>
internal sealed class CountedMailbox(int capacity, OverflowPolicy policy) : Mailbox
{
    private RingQueue _queue = new();
    private long _limit = capacity; // Positions below are within the bound. Only producers who come to it look how far the consumer is.

    public override int Capacity => capacity;

    public override bool FailsOnOverflow => policy == OverflowPolicy.Fail;

    public override bool IsEmpty => _queue.IsEmpty;

    public override bool TryEnqueue(Envelope envelope, out Envelope lost)
    {
        var limit = Volatile.Read(ref _limit);
        while (!_queue.TryEnqueue(envelope, limit))
        {
            var seen = limit;
            limit = _queue.Taken + capacity;
            if (limit == seen)
            {
                lost = envelope; // Full at this moment: the position was read before the consumer's.
                return false;
            }

            Volatile.Write(ref _limit, limit);
        }

        lost = default;
        return true;
    }

    public override void ForceEnqueue(Envelope envelope) => _queue.TryEnqueue(envelope, long.MaxValue);

    public override Envelope Dequeue()
    {
        var envelope = _queue.Dequeue();
        if (!envelope.IsNone)
            SignalRoom();
        return envelope;
    }
}
