using System.Runtime.CompilerServices;

namespace OpenCode.Actors.Mailboxes;

/// <summary>A queue for many producers and one consumer, in a chain of rings: an enqueue is one compare-and-swap, without a lock.</summary>
/// <remarks>
/// Positions count from 0 for ever. A ring is used again and again while the consumer empties it before producers come to its end, so a quiet actor makes no
/// garbage; producers that come to the end earlier close the ring and go on in one twice as long. From then on they and the consumer work in different memory.
/// </remarks>
internal struct RingQueue
{
    private const int FirstLength = 2; // Most actors have one message waiting, or none.
    private const int LastLength = 64; // Longer ones win nothing, and an actor keeps its last one.
    private const long ClosedBit = long.MinValue;

    private Ring _newest;
    private Ring _oldest;

    public RingQueue() => _newest = _oldest = new Ring(FirstLength, begin: 0);

    /// <summary>Gets a value indicating whether nothing was enqueued. A producer counts from its claim on, also while its message is not written yet.</summary>
    public readonly bool IsEmpty
    {
        get
        {
            var ring = Volatile.Read(in _oldest);
            return Volatile.Read(ref ring.Next) is null && (Volatile.Read(ref ring.Claimed) & ~ClosedBit) == Volatile.Read(ref ring.Taken);
        }
    }

    /// <summary>Gets the number of messages that were ever taken out. From any thread.</summary>
    public readonly long Taken
    {
        get
        {
            while (true)
            {
                var ring = Volatile.Read(in _oldest);
                var taken = Volatile.Read(ref ring.Taken);
                if (ReferenceEquals(ring, Volatile.Read(in _oldest)))
                    return taken;
            }
        }
    }

    /// <summary>Puts a message at the tail, unless its position is not below the limit. A full fence in either case but the refusal.</summary>
    public bool TryEnqueue(Envelope envelope, long limit)
    {
        while (true)
        {
            var ring = Volatile.Read(ref _newest);
            var position = Volatile.Read(ref ring.Claimed);
            if (position < 0)
            {
                if (Volatile.Read(ref ring.Next) is { } next)
                    Interlocked.CompareExchange(ref _newest, next, ring);
                else if ((position & ~ClosedBit) >= limit)
                    return false;
                else if (TryAppend(ring, position & ~ClosedBit, envelope))
                    return true;
            }
            else if (position >= limit)
            {
                return false;
            }
            else if (position >= Volatile.Read(ref ring.End))
            {
                Interlocked.CompareExchange(ref ring.Claimed, position | ClosedBit, position);
            }
            else if (Interlocked.CompareExchange(ref ring.Claimed, position + 1, position) == position)
            {
                ring.Put(position, envelope);
                return true;
            }
        }
    }

    /// <summary>Takes the first message, or none. By the consumer only.</summary>
    public Envelope Dequeue()
    {
        var ring = _oldest;
        while (true)
        {
            var envelope = ring.Take();
            if (!envelope.IsNone)
                return envelope;

            // Nothing there, or its producer has not written it yet, or the ring was closed at this position.
            if (Volatile.Read(ref ring.Next) is not { } next || (ring.Claimed & ~ClosedBit) != ring.Taken)
                return default;
            Volatile.Write(ref _oldest, next);
            ring = next;
        }
    }

    private bool TryAppend(Ring full, long position, Envelope envelope)
    {
        var ring = new Ring(Math.Min(2 * full.Length, LastLength), position);
        ring.Claimed = position + 1;
        ring.Put(position, envelope);
        if (Interlocked.CompareExchange(ref full.Next, ring, null) is not null)
            return false;
        Interlocked.CompareExchange(ref _newest, ring, full);
        return true;
    }

    private sealed class Ring(int length, long begin)
    {
        public Ring? Next;
        public long Claimed = begin;        // The next position of a producer; with the closed bit it is the last one's end.
        public long End = begin + length;   // Positions below are free or taken in this round of the ring.
        public long Taken = begin;          // The next position of the consumer.
        private readonly Slot[]? _slots = length > FirstLength ? new Slot[length] : null;
        private FirstSlots _firstSlots; // Within the object: most actors never need more, and a start makes one object less.

        public int Length => _slots?.Length ?? FirstLength;

        public void Put(long position, Envelope envelope)
        {
            ref var slot = ref SlotAt(position);
            slot.Sender = envelope.Sender;
            Volatile.Write(ref slot.Message, envelope.Message);
        }

        public Envelope Take()
        {
            var position = Taken;
            ref var slot = ref SlotAt(position);
            var message = Volatile.Read(ref slot.Message);
            if (message is null)
                return default;

            var envelope = new Envelope(message, slot.Sender);
            slot = default;
            Volatile.Write(ref Taken, ++position);
            if (position == End)
                Volatile.Write(ref End, position + Length);
            return envelope;
        }

        private ref Slot SlotAt(long position)
        {
            if (_slots is { } slots)
                return ref slots[position & (slots.Length - 1)];
            return ref _firstSlots[(int)position & (FirstLength - 1)];
        }
    }

    [InlineArray(FirstLength)]
    private struct FirstSlots
    {
        private Slot _first;
    }

    /// <summary>Free or not written yet while it has no message.</summary>
    private struct Slot
    {
        public object? Message;
        public IActorRef? Sender;
    }
}
