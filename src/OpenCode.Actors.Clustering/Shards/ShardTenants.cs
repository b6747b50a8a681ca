using Akka.Actor;
using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Clustering.Shards;

/// <summary>Makes the sessions of this node's shards, and counts them for the claims.</summary>
/// <param name="propsFor">Makes a session. It asks its parent to leave by Akka's <c>Passivate</c>.</param>
/// <param name="claims">Count the sessions of each shard.</param>
internal sealed class ShardTenants(Func<SessionId, Props> propsFor, ShardClaims claims)
{
    /// <summary>Makes a session that is about to start.</summary>
    public Props PropsFor(string entityId)
    {
        var session = new SessionId(entityId);
        var inner = propsFor(session);
        return Props.CreateBy(new Tenant(inner, session, claims)).WithDeploy(inner.Deploy);
    }

    // Akka lets go of an actor here after it has stopped, however that came.
    private sealed class Tenant(Props inner, SessionId session, ShardClaims claims) : IIndirectActorProducer
    {
        public Type ActorType => inner.Type;

        public ActorBase Produce()
        {
            claims.Entered(session);
            return inner.NewActor();
        }

        public void Release(ActorBase actor) => claims.Left(session);
    }
}
