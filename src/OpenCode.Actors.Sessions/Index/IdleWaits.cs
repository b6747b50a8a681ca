using Akka.Actor;
using Akka.Event;
using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Sessions.Index;

/// <summary>The waits for a session to become idle, on this node's log (rule "Wait on the own log"), and the sessions that became idle lately. Belongs to the index's actor, which alone touches it.</summary>
/// <param name="maxKnown">How many of the last idle sessions are remembered.</param>
internal sealed class IdleWaits(int maxKnown = 10_000)
{
    private readonly Dictionary<SessionId, Dictionary<string, (long After, IActorRef ReplyTo)>> _waiting = [];
    private readonly Dictionary<SessionId, long> _idles = [];
    private readonly Queue<(SessionId SessionId, long Offset)> _order = [];
    private long _knownSince;

    /// <summary>Waits until this node's log says that the session became idle or was deleted; answered with <see cref="BecameIdle"/>. Has no deadline.</summary>
    /// <param name="SessionId">The session.</param>
    /// <param name="After">Only events after this offset count.</param>
    /// <param name="Waiter">Names the wait: another one of the same name and session replaces it.</param>
    public sealed record Await(SessionId SessionId, long After, string Waiter);

    /// <summary>Ends an <see cref="Await"/> whose asker waits no longer. It has no answer.</summary>
    /// <param name="SessionId">The session.</param>
    /// <param name="Waiter">The name of the wait.</param>
    public sealed record Forget(SessionId SessionId, string Waiter) : IDeadLetterSuppression;

    /// <summary>The session became idle or was deleted, or may have: read it.</summary>
    public sealed record BecameIdle : IDeadLetterSuppression;

    /// <summary>Gets how many wait.</summary>
    public int Count => _waiting.Values.Sum(static waiters => waiters.Count);

    /// <summary>Begins to wait, or is answered at once: the session became idle after the offset, or that is not known here.</summary>
    /// <param name="wait">The wait; another one of its name is replaced.</param>
    /// <param name="replyTo">Gets <see cref="BecameIdle"/>.</param>
    public void Add(Await wait, IActorRef replyTo)
    {
        if (wait.After < _knownSince || (_idles.TryGetValue(wait.SessionId, out var idle) && idle > wait.After))
        {
            replyTo.Tell(new BecameIdle());
            return;
        }

        if (!_waiting.TryGetValue(wait.SessionId, out var waiters))
            _waiting.Add(wait.SessionId, waiters = new Dictionary<string, (long, IActorRef)>(StringComparer.Ordinal));
        waiters[wait.Waiter] = (wait.After, replyTo);
    }

    /// <summary>Ends a wait without an answer; one that is not there is none.</summary>
    /// <param name="id">The session.</param>
    /// <param name="waiter">The name of the wait.</param>
    public void Remove(SessionId id, string waiter)
    {
        if (_waiting.TryGetValue(id, out var waiters) && waiters.Remove(waiter) && waiters.Count == 0)
            _waiting.Remove(id);
    }

    /// <summary>The log says that a session is idle, or gone.</summary>
    public void Take(SessionId id, long offset)
    {
        _idles[id] = offset;
        _order.Enqueue((id, offset));
        if (_order.Count > maxKnown)
            ForgetOldest();
        if (!_waiting.TryGetValue(id, out var waiters))
            return;

        foreach (var (name, (after, replyTo)) in waiters.ToArray())
        {
            if (after >= offset)
                continue;

            waiters.Remove(name);
            replyTo.Tell(new BecameIdle());
        }

        if (waiters.Count == 0)
            _waiting.Remove(id);
    }

    /// <summary>Nothing is known of the log up to an offset: all that wait look for themselves.</summary>
    public void BeginAt(long offset)
    {
        _knownSince = offset;
        _idles.Clear();
        _order.Clear();
        AnswerAll();
    }

    /// <summary>All that wait look for themselves.</summary>
    public void AnswerAll()
    {
        foreach (var (_, replyTo) in _waiting.Values.SelectMany(static waiters => waiters.Values))
            replyTo.Tell(new BecameIdle());
        _waiting.Clear();
    }

    private void ForgetOldest()
    {
        var (id, offset) = _order.Dequeue();
        _knownSince = offset;
        if (_idles.TryGetValue(id, out var last) && last == offset)
            _idles.Remove(id);
    }
}
