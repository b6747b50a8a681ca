using OpenCode.Actors.Server.Settings;

namespace OpenCode.Actors.Server.Hosting;

/// <summary>Ends the process when a stop hangs. Each step of a stop has its own limit, all of them together less than this one: when it ends a process, one of the steps has a fault.</summary>
/// <param name="time">The clock.</param>
/// <param name="exit">Ends the process with an exit code.</param>
internal sealed partial class StopLimit(TimeProvider time, Action<int> exit) : IDisposable
{
    /// <summary>How long a stop may take, from the signal to the end of the process.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private ITimer? _timer;

    /// <summary>Watches a server: the limit begins with its stop.</summary>
    /// <param name="application">Signals the stop.</param>
    /// <param name="logger">For the line that says that the process was ended.</param>
    public void Watch(IHostApplicationLifetime application, ILogger<StopLimit> logger) =>
        application.ApplicationStopping.Register(() => _timer = time.CreateTimer(_ => End(logger), null, Limit, Timeout.InfiniteTimeSpan));

    /// <summary>The process ends by itself.</summary>
    public void Dispose() => _timer?.Dispose();

    private void End(ILogger logger)
    {
        LogHangs(logger, Limit.TotalSeconds);
        exit(ExitCodes.StopHung);
    }

    [LoggerMessage(
        EventId = 5013,
        Level = LogLevel.Critical,
        Message = "The stop has not ended after {Seconds} s; the process ends without it. Nothing acknowledged is lost. Please report it with the log of this stop.")]
    private static partial void LogHangs(ILogger logger, double seconds);
}
