using OpenCode.Actors.Asking;

namespace OpenCode.Actors.Cells;

/// <summary>What most cells never need, made in the turn that first needs a part of it.</summary>
internal sealed class RareParts
{
    public Stack<Func<object, ValueTask>>? Behaviours;
    public CellTimers? Timers;
    public CellStash? Stash;
    public ReceiveTimeoutTimer? ReceiveTimeout;
    public OpenAsks? Asks;
    public CancellationTokenSource? IncarnationSource;
    public TaskCompletionSource? ChildEnded;
    public object? FailedMessage;

    /// <summary>Not one cause: each takes back one suspension.</summary>
    public Queue<Exception>? Recreations;

    /// <summary>Null: alive as far as we know. Otherwise the notice that waits in the mailbox; another one there for the same actor is void.</summary>
    public Dictionary<IActorRef, DeathTicket?>? Watching;

    public List<IInternalRef>? Watchers;
}
