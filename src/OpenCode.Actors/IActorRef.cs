namespace OpenCode.Actors;

/// <summary>The address of one actor. It outlives the instance: a restart keeps it, a stop makes it point to dead letters for ever.</summary>
/// <remarks>Two refs are equal when path and uid are equal, so a new actor at an old path is somebody else.</remarks>
public interface IActorRef : IEquatable<IActorRef>
{
    /// <summary>Gets the path of the actor, with its uid.</summary>
    ActorPath Path { get; }

    /// <summary>Sends a message and returns at once: at most once, in order for one sender and receiver, never blocking.</summary>
    /// <param name="message">An immutable message.</param>
    /// <param name="sender">Who gets the answer; nobody by default.</param>
    /// <remarks>Never throws for a dead or full target: what cannot be delivered is a <see cref="DeadLetter"/>.</remarks>
    void Tell(object message, IActorRef? sender = null);
}
