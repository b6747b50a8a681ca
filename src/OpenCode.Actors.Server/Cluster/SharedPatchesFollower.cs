using OpenCode.Actors.Clustering.Members;
using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Server.Cluster;

/// <summary>Reads the patches of the configuration again when the rows show a newer version.</summary>
internal sealed partial class SharedPatchesFollower(SharedPatches patches, NodeStanding standing, TimeProvider time, ILogger<SharedPatchesFollower> logger) : BackgroundService
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _pauseAfterFault = TimeSpan.FromSeconds(5);

    private long _unreadable = -1; // the version whose fault is in the log
    private long _failedAt;

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
            if (standing.Now is { Availability.TakesCommands: true, Look: { } look })
                await FollowAsync(look.ConfigVersion, stoppingToken);
        }
    }

    private async Task FollowAsync(long version, CancellationToken stoppingToken)
    {
        if (_unreadable == version && time.GetElapsedTime(_failedAt) < _pauseAfterFault)
            return;

        try
        {
            await patches.FollowAsync(version, stoppingToken);
        }
        catch (ArbiterAwayException)
        {
            // Asked again in a moment; while the database is away no command is taken.
        }
#pragma warning disable CA1031 // A background service that throws ends the host, and with it a node that serves.
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            if (_unreadable != version)
                LogUnreadable(logger, e, version);
            (_unreadable, _failedAt) = (version, time.GetTimestamp());
        }
    }

    [LoggerMessage(
        EventId = 5021,
        Level = LogLevel.Error,
        Message = "Version {Version} of the patched configuration cannot be read; this node goes on with the one before, and tries again. PATCH /config makes another one.")]
    private static partial void LogUnreadable(ILogger logger, Exception cause, long version);
}
