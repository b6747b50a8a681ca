using Akka.Actor;
using Microsoft.Extensions.Hosting;
using OpenCode.Actors.Journaling.Nodes;

namespace OpenCode.Actors.Clustering;

/// <summary>Joins the cluster at the start of the host. If the node may not join, the start fails with what <see cref="IArbiter.AdmitAsync"/> says.</summary>
internal sealed class JoinAtStart(ActorSystem system, ClusterNode node, TimeProvider time) : IHostedService
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_limit, time);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        await node.JoinAsync(system, given.Token);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
