namespace OpenCode.Actors.Mailboxes;

/// <summary>Without a bound: for journal and log.</summary>
internal sealed class LinkedMailbox : Mailbox
{
    private LinkedQueue _queue = new();

    public override bool IsEmpty => _queue.IsEmpty;

    public override bool TryEnqueue(in Envelope envelope, out Envelope lost)
    {
        lost = default;
        _queue.Enqueue(envelope);
        return true;
    }

    public override void ForceEnqueue(in Envelope envelope) => _queue.Enqueue(envelope);

    public override bool TryDequeue(out Envelope envelope) => _queue.TryDequeue(out envelope);
}
