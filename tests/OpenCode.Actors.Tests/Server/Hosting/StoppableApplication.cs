using Microsoft.Extensions.Hosting;

namespace OpenCode.Actors.Tests.Server.Hosting;

/// <summary>A host's lifetime of which only the stop counts.</summary>
internal sealed class StoppableApplication : IHostApplicationLifetime
{
    private readonly CancellationTokenSource _stopping = new();

    public CancellationToken ApplicationStarted => CancellationToken.None;

    public CancellationToken ApplicationStopping => _stopping.Token;

    public CancellationToken ApplicationStopped => CancellationToken.None;

    public void StopApplication() => _stopping.Cancel();
}
