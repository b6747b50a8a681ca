namespace OpenCode.Actors.Mailboxes;

/// <summary>Linked queue for many producers and one consumer, after D. Vyukov: an enqueue is one exchange, there is no loop and no lock.</summary>
internal struct LinkedQueue
{
    private Node _newest;
    private Node _taken;
    private Node? _spare; // The node used before _taken: with few messages waiting there is no garbage.

    public LinkedQueue() => _newest = _taken = new Node(default);

    /// <summary>Gets a value indicating whether nothing was enqueued. A producer counts from its exchange on, also while its node is not linked yet.</summary>
    public bool IsEmpty => ReferenceEquals(Volatile.Read(ref _newest), _taken);

    public void Enqueue(in Envelope envelope)
    {
        var node = Volatile.Read(ref _spare) is null ? null : Interlocked.Exchange(ref _spare, null);
        if (node is null)
            node = new Node(envelope);
        else
            node.Envelope = envelope;
        var before = Interlocked.Exchange(ref _newest, node);
        Volatile.Write(ref before.Next, node);
    }

    public bool TryDequeue(out Envelope envelope)
    {
        var next = Volatile.Read(ref _taken.Next);
        if (next is null)
        {
            envelope = default;
            return false;
        }

        envelope = next.Envelope;
        next.Envelope = default; // It stays as the stub: it must not keep the message alive.
        var used = _taken;
        _taken = next;
        used.Next = null;
        Volatile.Write(ref _spare, used);
        return true;
    }

    private sealed class Node(Envelope envelope)
    {
        public Envelope Envelope = envelope;
        public Node? Next;
    }
}
