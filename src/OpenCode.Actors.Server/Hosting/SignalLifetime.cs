using System.Runtime.InteropServices;

namespace OpenCode.Actors.Server.Hosting;

/// <summary>SIGTERM and SIGINT stop the server in order, after its last turns where others share its data folder; a second one ends it at once.</summary>
internal sealed partial class SignalLifetime(IHostApplicationLifetime application, IServiceProvider services, ILogger<SignalLifetime> logger) : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _signals;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT])
            _registrations.Add(PosixSignalRegistration.Create(signal, OnSignal));

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _registrations.ForEach(r => r.Dispose());

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _signals) > 1)
            Environment.Exit(context.Signal == PosixSignal.SIGINT ? 130 : 143);

        LogStopping(logger, context.Signal);
        _ = StopAfterLastTurnsAsync();
    }

    // Before its start is over a server has no turns, and asking for what knows them would make it.
    private async Task StopAfterLastTurnsAsync()
    {
        try
        {
            if (application.ApplicationStarted.IsCancellationRequested && services.GetService<LastTurns>() is { } turns)
                await turns.EndAsync();
        }
        finally
        {
            application.StopApplication();
        }
    }

    [LoggerMessage(EventId = 5010, Level = LogLevel.Information, Message = "{Signal}: stopping. A second signal ends the process at once.")]
    private static partial void LogStopping(ILogger logger, PosixSignal signal);
}
