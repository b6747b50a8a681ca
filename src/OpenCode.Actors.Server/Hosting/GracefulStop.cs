using Akka.Actor;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Server.Settings;
using OpenCode.Actors.Sessions.Readiness;

namespace OpenCode.Actors.Server.Hosting;

/// <summary>Runs Akka's coordinated shutdown as soon as the host stops, and not after Kestrel has waited for its clients.</summary>
/// <remarks>Kestrel waits for open requests. Waiting prompts are answered because the shutdown closes their turns; streams end because it resets them.</remarks>
internal sealed partial class GracefulStop(
    ActorSystem system, IJournal journal, NodeAvailability availability, IHostApplicationLifetime application, TimeProvider time, ILogger<GracefulStop> logger) : IHostedService
{
    // Beyond what the last phase of the shutdown gives the actors.
    private static readonly TimeSpan _lastWait = TimeSpan.FromSeconds(1);

    private readonly CoordinatedShutdown _shutdown = CoordinatedShutdown.Get(system);
    private CancellationTokenRegistration _stopping;

    /// <summary>Gets the exit code of the process: what happened since the start.</summary>
    public int ExitCode { get; private set; } = ExitCodes.Ok;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _stopping = application.ApplicationStopping.Register(() =>
        {
            availability.Drain();
            _ = _shutdown.Run(HostStops.Reason);
        });
        _ = StopWhenTheJournalDiesAsync();

        // An actor may begin the shutdown too: a process whose log is lost must not go on without its actors.
        _shutdown.AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "stop-host", () =>
        {
            if (!application.ApplicationStopping.IsCancellationRequested)
                Fail();
            return Task.FromResult(Akka.Done.Instance);
        });

        // Begun before the task was added: the phase may be over.
        if (_shutdown.ShutdownReason is not (null or HostStops))
            Fail();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.DisposeAsync();

        // Each phase has its timeout. The host's token is not looked at: to throw here would lose the exit code.
        await _shutdown.Run(HostStops.Reason);
        try
        {
            // A shutdown whose last phase times out has completed before the actors have.
            await system.WhenTerminated.WaitAsync(_lastWait, time, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            LogActorsStillRun(logger, _lastWait.TotalSeconds);
        }
    }

    private async Task StopWhenTheJournalDiesAsync()
    {
        var cause = await journal.Died;
        LogJournalDied(logger, cause);
        Fail(cause.IsTaken ? ExitCodes.DataFolder : ExitCodes.JournalDied);
    }

    private void Fail(int exitCode = ExitCodes.JournalDied)
    {
        ExitCode = exitCode;
        application.StopApplication();
    }

    [LoggerMessage(EventId = 5012, Level = LogLevel.Warning, Message = "Actors still run {Seconds} s after the shutdown; the host stops without them. An actor blocks its thread.")]
    private static partial void LogActorsStillRun(ILogger logger, double seconds);

    [LoggerMessage(EventId = 5011, Level = LogLevel.Critical, Message = "The journal is dead; the server stops. Before the next start look at what the failure names.")]
    private static partial void LogJournalDied(ILogger logger, Exception cause);
}
