using Akka.Actor;

namespace OpenCode.Actors.Streams.Clients;

/// <summary>Makes an actor by a delegate: for actors of which there is one per connection or per request, since <see cref="Props"/> would compile an expression for each.</summary>
internal sealed class ActorProducer<TActor>(Func<TActor> make) : IIndirectActorProducer
    where TActor : ActorBase
{
    public Type ActorType => typeof(TActor);

    public ActorBase Produce() => make();

    public void Release(ActorBase actor)
    {
    }
}
