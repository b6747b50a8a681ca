using OpenCode.Actors.Server.Hosting;

namespace OpenCode.Actors.Server.Cluster;

/// <summary>Keeps the port open until the shards are given away: so long the other nodes send here what belongs here.</summary>
/// <remarks>Kestrel refuses connections as soon as it is told to stop, which <see cref="GracefulStop"/> is too late for.</remarks>
internal sealed class HandOverFirst(ActorSystem system) : IHostedLifecycleService
{
    private readonly TaskCompletionSource _given = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        system.CoordinatedShutdown.AddTask(ShutdownPhases.ServiceUnbind, "close-port", _ =>
        {
            _given.TrySetResult();
            return Task.CompletedTask;
        });
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        _ = system.CoordinatedShutdown.RunAsync("The server stops."); // has begun already, if a signal stops it
        return _given.Task.WaitAsync(cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
