using Akka.Actor;
using Microsoft.Extensions.Hosting;

namespace OpenCode.Actors.Clustering;

/// <summary>Joins the cluster at the start of the host. If the node may not join, or not in time, the start fails with the reason; if the host is stopped meanwhile, it is cancelled.</summary>
internal sealed class JoinAtStart(ActorSystem system, ClusterNode node) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => node.JoinAsync(system, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
