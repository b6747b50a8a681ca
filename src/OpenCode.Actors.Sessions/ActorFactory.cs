using Akka.Actor;

namespace OpenCode.Actors.Sessions;

/// <summary>Creates an actor by a delegate: no reflection and no expression tree, since sessions, runs and tools start all the time.</summary>
/// <param name="create">Creates one incarnation.</param>
internal sealed class ActorFactory<TActor>(Func<TActor> create) : IIndirectActorProducer
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
