using OpenCode.Actors.Clustering;
using OpenCode.Actors.Streams.Subscribers;

namespace OpenCode.Actors.Server.Cluster;

/// <summary>Follows the standing of this node: whether commands are taken, and when streams are sent to other nodes (RULES F1).</summary>
internal sealed partial class ClusterWatch(
    ICluster cluster, NodeGate gate, OtherNodes others, IRequiredActor<SubscribersActor> subscribers, TimeProvider time, IHostApplicationLifetime application, ILogger<ClusterWatch> logger)
    : BackgroundService
{
    // A node without its database shows nothing new: after that long its clients are better off elsewhere.
    private static readonly TimeSpan _longestSuspension = TimeSpan.FromSeconds(60);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var last = Standing.Joining;
        while (true)
        {
            var view = cluster.View;
            others.Note(view);
            var standing = cluster.Standing;
            if (standing != last)
                Change(last, standing);
            last = standing;
            await WaitAsync(view.Version, standing, stoppingToken);
        }
    }

    private void Change(Standing last, Standing standing)
    {
        LogStanding(logger, last, standing);
        gate.Stand(standing);
        if (standing == Standing.Dead && !application.ApplicationStopping.IsCancellationRequested)
            ResetStreams("This node was declared dead; its clients go on at another one.");
    }

    // Suspended for too long is no change of the view.
    private async Task WaitAsync(long version, Standing standing, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = time.CreateTimer(
            static e => ((CancellationTokenSource)e!).Cancel(), enough, standing == Standing.Suspended ? _longestSuspension : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        try
        {
            await cluster.WaitForChangeAsync(version, enough.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            ResetStreams("This node has had no database for a minute; its clients look for another one.");
        }
    }

    private void ResetStreams(string why) => subscribers.ActorRef.Tell(new SubscribersActor.ResetStreams(why));

    [LoggerMessage(EventId = 5060, Level = LogLevel.Information, Message = "In the cluster this node was {Last} and is {Standing}.")]
    private static partial void LogStanding(ILogger logger, Standing last, Standing standing);
}
