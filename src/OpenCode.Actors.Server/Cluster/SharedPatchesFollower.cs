using OpenCode.Actors.Clustering.Members;
using OpenCode.Actors.Journaling.Nodes;

namespace OpenCode.Actors.Server.Cluster;

/// <summary>Has the patches of the configuration read again whenever a look at the rows tells of a newer version (RULES G8).</summary>
internal sealed class SharedPatchesFollower(SharedPatches patches, NodeStanding standing, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // What was patched before this node came is in force with its first request.
        await patches.FollowAsync(long.MaxValue, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(_pause, time, stoppingToken);
            if (standing.Now is not { TakesCommands: true, Look: { } look })
                continue;

            try
            {
                await patches.FollowAsync(look.ConfigVersion, stoppingToken);
            }
            catch (ArbiterAwayException)
            {
                // Asked again in a moment; while the database is away no command is taken.
            }
        }
    }
}
