using Akka.Actor;

namespace OpenCode.Actors.Sessions.Actors;

/// <summary>Creates an actor by a delegate, for the actors that start often: sessions, runs and tools. <see cref="Props"/> would compile an expression for each.</summary>
/// <param name="create">Creates one incarnation.</param>
internal sealed class ActorProducer<TActor>(Func<TActor> create) : IIndirectActorProducer
    where TActor : ActorBase
{
    /// <inheritdoc/>
    public Type ActorType => typeof(TActor);

    /// <inheritdoc/>
    public ActorBase Produce() => create();

    /// <inheritdoc/>
    public void Release(ActorBase actor)
    {
    }
}
