using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OpenCode.Actors.Sessions.Tools.Outputs;

/// <summary>Removes outputs beyond the bounds, at start and each hour, so that old ones go even if no new ones are written.</summary>
internal sealed partial class OutputSweeper(IOutputFolder folder, TimeProvider time, ILogger<OutputSweeper> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan _pause = TimeSpan.FromHours(1);

    private ITimer? _timer;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = time.CreateTimer(_ => _ = SweepAsync(), state: null, TimeSpan.Zero, _pause);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();

    private async Task SweepAsync()
    {
        try
        {
            await folder.SweepAsync();
        }
        catch (IOException e)
        {
            LogNotSwept(logger, e, folder.Path);
        }
    }

    [LoggerMessage(EventId = 6045, Level = LogLevel.Warning, Message = "Old outputs of tools in {Folder} could not be removed. It is tried again in an hour; check the folder.")]
    private static partial void LogNotSwept(ILogger logger, Exception cause, string folder);
}
