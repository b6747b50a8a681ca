using OpenCode.Actors.Server.CommandLine;
using OpenCode.Actors.Sessions.Journal;

namespace OpenCode.Actors.Server.Hosting;

/// <summary>The way down: the actors' coordinated shutdown begins when the host is told to stop, and not after Kestrel has waited for its clients.</summary>
/// <remarks>Kestrel waits for open requests. Waiting prompts are answered because the shutdown closes their turns, streams end because it resets them.</remarks>
internal sealed partial class GracefulStop(
    ActorSystem system, JournalFate journal, IHostApplicationLifetime application, ILogger<GracefulStop> logger) : IHostedService
{
    private CancellationTokenRegistration _stopping;

    /// <summary>Gets the exit code of the process: what happened since the start.</summary>
    public int ExitCode { get; private set; } = ExitCodes.Ok;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _stopping = application.ApplicationStopping.Register(() => _ = system.CoordinatedShutdown.RunAsync("The server stops."));
        _ = StopWhenTheJournalDiesAsync();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.DisposeAsync();
        await system.CoordinatedShutdown.RunAsync("The server stops.").WaitAsync(cancellationToken);
    }

    private async Task StopWhenTheJournalDiesAsync()
    {
        var cause = await journal.Died;
        ExitCode = ExitCodes.SyncFailed;
        LogJournalDied(logger, cause);
        application.StopApplication();
    }

    [LoggerMessage(EventId = 5011, Level = LogLevel.Critical, Message = "The journal is dead; the server stops. What was acknowledged is on the disk. Look at the disk before the next start.")]
    private static partial void LogJournalDied(ILogger logger, Exception cause);
}
