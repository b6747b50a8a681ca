using Akka.Actor;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>The waits for the ends of turns, by the name of the waiter.</summary>
internal sealed class TurnWaiters
{
    private readonly Dictionary<string, (TurnId Turn, IActorRef ReplyTo)> _waiters = new(StringComparer.Ordinal);

    /// <summary>Gets a value indicating whether there is no wait.</summary>
    public bool IsEmpty => _waiters.Count == 0;

    /// <summary>Adds a wait, or replaces the one of that name.</summary>
    public void Add(AwaitTurn wait, IActorRef replyTo) => _waiters[wait.Waiter] = (wait.Turn, replyTo);

    /// <summary>Answers the waits for turns that are over.</summary>
    /// <param name="isOpen">Tells whether a turn is not over.</param>
    /// <param name="endOf">Tells how a turn ended.</param>
    public void Answer(Func<TurnId, bool> isOpen, Func<TurnId, object> endOf)
    {
        foreach (var (waiter, (turn, replyTo)) in _waiters)
        {
            if (isOpen(turn))
                continue;

            _waiters.Remove(waiter);
            replyTo.Tell(endOf(turn));
        }
    }

    /// <summary>Gives all of them the same answer.</summary>
    public void AnswerAll(object answer)
    {
        foreach (var (_, replyTo) in _waiters.Values)
            replyTo.Tell(answer);
        _waiters.Clear();
    }
}
