namespace OpenCode.Actors.Mailboxes;

/// <summary>Bounded, able to drop or replace what waits. Under a lock that is held for a few instructions.</summary>
internal sealed class DroppingMailbox(int capacity, OverflowPolicy policy, Func<object, object?>? key) : Mailbox
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiting> _queue = [];
    private readonly Dictionary<object, LinkedListNode<Waiting>>? _byKey = key is null ? null : [];

    public override int Capacity => capacity;

    public override bool IsEmpty
    {
        get
        {
            lock (_lock)
                return _queue.Count == 0;
        }
    }

    public override bool TryEnqueue(Envelope envelope, out Envelope lost)
    {
        lost = default;
        var envelopeKey = envelope.Message is ControlMessage ? null : key?.Invoke(envelope.Message);
        lock (_lock)
        {
            if (envelopeKey is not null && _byKey!.TryGetValue(envelopeKey, out var waiting))
            {
                waiting.Value = new Waiting(envelope, envelopeKey); // Keeps its place. The older one is not lost: the newer one says all that it said.
                return true;
            }

            if (_queue.Count >= capacity)
            {
                if (policy == OverflowPolicy.Reject)
                {
                    lost = envelope;
                    return false;
                }

                var victim = policy == OverflowPolicy.DropOldest ? _queue.First! : _queue.Last!;
                lost = victim.Value.Envelope;
                Remove(victim);
            }

            var node = _queue.AddLast(new Waiting(envelope, envelopeKey));
            if (envelopeKey is not null)
                _byKey!.Add(envelopeKey, node);
        }

        return true;
    }

    public override void ForceEnqueue(Envelope envelope)
    {
        lock (_lock)
            _queue.AddLast(new Waiting(envelope, Key: null));
    }

    public override Envelope Dequeue()
    {
        Envelope envelope;
        lock (_lock)
        {
            if (_queue.First is not { } first)
                return default;
            envelope = first.Value.Envelope;
            Remove(first);
        }

        SignalRoom();
        return envelope;
    }

    private void Remove(LinkedListNode<Waiting> node)
    {
        _queue.Remove(node);
        if (node.Value.Key is { } taken)
            _byKey!.Remove(taken);
    }

    private readonly record struct Waiting(Envelope Envelope, object? Key);
}
