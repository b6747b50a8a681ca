namespace OpenCode.Actors;

/// <summary>Constructor, PreStart or PostRestart of an actor failed. The default strategy stops it.</summary>
/// <param name="actor">The actor.</param>
/// <param name="cause">What was thrown.</param>
public sealed class ActorInitializationException(IActorRef actor, Exception cause)
    : Exception($"{actor.Path} could not be started: {cause.Message}", cause)
{
    /// <summary>Gets the actor.</summary>
    public IActorRef Actor { get; } = actor;
}

/// <summary>The actor handled <see cref="Kill"/>.</summary>
/// <param name="actor">The actor.</param>
public sealed class ActorKilledException(IActorRef actor) : Exception($"{actor.Path} was killed.")
{
    /// <summary>Gets the actor.</summary>
    public IActorRef Actor { get; } = actor;
}

/// <summary>A watched actor ended and the watcher did not handle <see cref="Terminated"/>.</summary>
/// <param name="watcher">Who watched.</param>
/// <param name="dead">Who ended.</param>
public sealed class DeathPactException(IActorRef watcher, IActorRef dead)
    : Exception($"{watcher.Path} watches {dead.Path}, which ended, and does not handle Terminated. Handle it, or unwatch in time.")
{
    /// <summary>Gets who ended.</summary>
    public IActorRef Dead { get; } = dead;
}

/// <summary>A mailbox had no room.</summary>
/// <param name="actor">Whose mailbox.</param>
/// <param name="capacity">Its bound in messages.</param>
public sealed class MailboxOverflowException(IActorRef actor, int capacity)
    : Exception($"The mailbox of {actor.Path} is full ({capacity} messages). Send less at once, wait with OfferAsync, or give it a larger mailbox.")
{
    /// <summary>Gets whose mailbox it was.</summary>
    public IActorRef Actor { get; } = actor;

    /// <summary>Gets its bound in messages.</summary>
    public int Capacity { get; } = capacity;
}

/// <summary>A stash had no room.</summary>
/// <param name="actor">Whose stash.</param>
/// <param name="capacity">Its bound in messages.</param>
public sealed class StashOverflowException(IActorRef actor, int capacity)
    : Exception($"The stash of {actor.Path} is full ({capacity} messages). Unstash earlier, or use Props.WithStashCapacity.")
{
    /// <summary>Gets its bound in messages.</summary>
    public int Capacity { get; } = capacity;
}

/// <summary>No answer came in time.</summary>
/// <param name="target">Who was asked.</param>
/// <param name="messageType">What was asked.</param>
/// <param name="timeout">How long the answer was waited for.</param>
public sealed class AskTimeoutException(IActorRef target, Type messageType, TimeSpan timeout)
    : TimeoutException($"{target.Path} did not answer {messageType.Name} within {timeout}.")
{
    /// <summary>Gets who was asked.</summary>
    public IActorRef Target { get; } = target;

    /// <summary>Gets how long the answer was waited for.</summary>
    public TimeSpan Timeout { get; } = timeout;
}

/// <summary>The actor asked has ended without an answer.</summary>
/// <param name="target">Who was asked.</param>
public sealed class TargetTerminatedException(IActorRef target) : Exception($"{target.Path} has ended; it will not answer.")
{
    /// <summary>Gets who was asked.</summary>
    public IActorRef Target { get; } = target;
}

/// <summary>A child cannot have this name.</summary>
/// <param name="name">The name.</param>
/// <param name="reason">Why not.</param>
public sealed class ActorNameException(string name, string reason) : ArgumentException($"An actor cannot be named '{name}': {reason}.", nameof(name))
{
    /// <summary>Gets the name.</summary>
    public string Name { get; } = name;
}
