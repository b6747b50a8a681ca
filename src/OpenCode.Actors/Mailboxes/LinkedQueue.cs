using System.Diagnostics.CodeAnalysis;

namespace OpenCode.Actors.Mailboxes;

/// <summary>Linked queue for many producers and one consumer, after D. Vyukov: an enqueue is one exchange, there is no loop and no lock.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "Never compared.")]
internal struct LinkedQueue
{
    private Node _newest;
    private Node _taken;

    public LinkedQueue() => _newest = _taken = new Node(default);

    /// <summary>Gets a value indicating whether nothing was enqueued. A producer counts from its exchange on, also while its node is not linked yet.</summary>
    public bool IsEmpty => ReferenceEquals(Volatile.Read(ref _newest), _taken);

    public void Enqueue(in Envelope envelope)
    {
        var node = new Node(envelope);
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
        _taken = next;
        return true;
    }

    private sealed class Node(Envelope envelope)
    {
        public Envelope Envelope = envelope;
        public Node? Next;
    }
}
