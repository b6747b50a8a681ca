using OpenCode.Actors.Mailboxes;

namespace OpenCode.Actors.Cells;

/// <summary>Messages put aside, and those that were put in front of the mailbox again.</summary>
internal sealed class CellStash(ActorCell cell, int capacity) : IStash
{
    private readonly List<Envelope> _aside = [];
    private readonly Queue<Envelope> _front = [];
    private bool _currentIsStashed;

    public int Count => _aside.Count;

    public bool HasFront => _front.Count > 0;

    public void Stash()
    {
        var current = cell.InHand;
        if (current.Message is null)
            throw new InvalidOperationException($"{cell.Path} has no message in hand that it could stash.");
        if (_currentIsStashed)
            throw new InvalidOperationException($"{cell.Path} stashes the same {current.Message.GetType().Name} twice; it would be handled twice.");
        if (_aside.Count >= capacity)
        {
            cell.System.DeadLetter(current, cell, DeadLetterReason.StashOverflow);
            throw new StashOverflowException(cell, capacity);
        }

        _aside.Add(current);
        _currentIsStashed = true;
    }

    public void UnstashAll()
    {
        if (_aside.Count == 0)
            return;
        var behind = _front.ToArray();
        _front.Clear();
        foreach (var envelope in _aside)
            _front.Enqueue(envelope);
        foreach (var envelope in behind)
            _front.Enqueue(envelope);
        _aside.Clear();
    }

    public Envelope TakeFront() => _front.Dequeue();

    public void OnMessageEnded() => _currentIsStashed = false;

    public void Bury(Action<Envelope> bury)
    {
        UnstashAll();
        while (_front.TryDequeue(out var envelope))
            bury(envelope);
    }
}
