using Akka.Actor;
using OpenCode.Actors.Server.Hosting;

namespace OpenCode.Actors.Server.Cluster;

/// <summary>Keeps the port open until the sessions of this node were handed over: until then this node answers clients.</summary>
/// <remarks>Kestrel refuses connections as soon as it begins to stop: <see cref="GracefulStop"/> is too late for this.</remarks>
internal sealed class HandOverBeforeStop(ActorSystem system, TimeProvider time) : IHostedLifecycleService
{
    // The phases up to the hand-over have their own limits; this is their sum and a little more.
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(4);

    private readonly TaskCompletionSource _handedOver = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The phase after that of the region's hand-off.
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseClusterLeave, "let-the-host-stop", () =>
        {
            _handedOver.TrySetResult();
            return Task.FromResult(Akka.Done.Instance);
        });
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.WhenAny(_handedOver.Task, Task.Delay(_limit, time, CancellationToken.None));

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
