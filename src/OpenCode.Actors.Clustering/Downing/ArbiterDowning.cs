using Akka.Actor;
using Akka.Cluster;

namespace OpenCode.Actors.Clustering.Downing;

/// <summary>Akka's way in to <see cref="VerdictActor"/>: <c>akka.cluster.downing-provider-class</c>. What it needs comes with the actor system's setup.</summary>
internal sealed class ArbiterDowning : IDowningProvider
{
    private readonly ActorSystem _system;
    private readonly Cluster _cluster;

    public ArbiterDowning(ActorSystem system, Cluster cluster) => (_system, _cluster) = (system, cluster);

    /// <inheritdoc/>
    /// <remarks>The tokens of shards protect what is written; no time has to pass.</remarks>
    public TimeSpan DownRemovalMargin => TimeSpan.Zero;

    /// <inheritdoc/>
    public Props? DowningActorProps
    {
        get
        {
            var setup = _system.Settings.Setup.Get<VerdictSetup>();
            return setup.HasValue
                ? VerdictActor.PropsFor(new AkkaPeers(_cluster), setup.Value)
                : throw new InvalidOperationException("The actor system has no setup of the arbiter: add the cluster by akka.AddCluster(...).");
        }
    }
}
