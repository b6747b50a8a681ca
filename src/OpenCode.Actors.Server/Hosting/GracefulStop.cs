using OpenCode.Actors.Journaling;
using OpenCode.Actors.Server.CommandLine;

namespace OpenCode.Actors.Server.Hosting;

/// <summary>The way down: the actors' coordinated shutdown begins when the host is told to stop, and not after Kestrel has waited for its clients.</summary>
/// <remarks>Kestrel waits for open requests. Waiting prompts are answered because the shutdown closes their turns, streams end because it resets them.</remarks>
internal sealed partial class GracefulStop(
    ActorSystem system, IJournal journal, IHostApplicationLifetime application, ILogger<GracefulStop> logger) : IHostedService
{
    private CancellationTokenRegistration _stopping;

    /// <summary>Gets the exit code of the process: what happened since the start.</summary>
    public int ExitCode { get; private set; } = ExitCodes.Ok;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _stopping = application.ApplicationStopping.Register(() => _ = system.CoordinatedShutdown.RunAsync("The server stops."));
        _ = StopWhenTheJournalDiesAsync();

        // Whoever begins the shutdown of the actors: no process is left that does nothing any more.
        system.CoordinatedShutdown.AddTask(ShutdownPhases.BeforeServiceUnbind, "stop-host", _ =>
        {
            if (!application.ApplicationStopping.IsCancellationRequested)
                Fail();
            return Task.CompletedTask;
        });
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
        LogJournalDied(logger, cause);
        Fail();
    }

    private void Fail()
    {
        ExitCode = ExitCodes.JournalDied;
        application.StopApplication();
    }

    [LoggerMessage(EventId = 5011, Level = LogLevel.Critical, Message = "The journal is dead; the server stops. What was acknowledged is kept. Before the next start look at what the failure names.")]
    private static partial void LogJournalDied(ILogger logger, Exception cause);
}
