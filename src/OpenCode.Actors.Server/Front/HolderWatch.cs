using OpenCode.Actors.Storage.Sqlite.Doors;

namespace OpenCode.Actors.Server.Front;

/// <summary>Checks once a second that the holder is alive. Logs once that it does not answer, and once that it answers again: a frozen process stays the holder.</summary>
/// <param name="link">Where the holder is.</param>
/// <param name="isAlive">Asks it; gives up with the token.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class HolderWatch(HolderLink link, Func<HolderInfo, CancellationToken, Task<bool>> isAlive, TimeProvider time, ILogger<HolderWatch> logger)
{
    /// <summary>How long a holder may be silent before that is logged.</summary>
    public static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    private HolderInfo? _silent;
    private long _since;
    private bool _isLogged;

    /// <summary>Checks until it is stopped. Does not fail.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            if (link.Holder is { } holder)
                await AskAsync(holder, stopping);
            await Task.Delay(_interval, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task AskAsync(HolderInfo holder, CancellationToken stopping)
    {
        var asked = time.GetTimestamp();
        using var limit = new CancellationTokenSource(SilenceLimit, time);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(stopping, limit.Token);
        var answered = await isAlive(holder, given.Token);
        if (stopping.IsCancellationRequested)
            return;

        if (!ReferenceEquals(_silent, holder))
            (_silent, _since, _isLogged) = (holder, asked, false);
        if (answered)
        {
            if (_isLogged)
                LogAnswers(logger, holder.Url, holder.Pid, time.GetElapsedTime(_since).TotalSeconds);
            _silent = null;
        }
        else if (!_isLogged && time.GetElapsedTime(_since) is var silence && silence >= SilenceLimit)
        {
            _isLogged = true;
            LogSilent(logger, holder.Url, holder.Pid, silence.TotalSeconds);
        }
    }

    [LoggerMessage(EventId = 5036, Level = LogLevel.Warning, Message = "The server at {Url} (process {Pid}), through which this one serves, does not answer since {Seconds:0} s. Requests wait for it. If it is frozen, let it go on or end it: this server then takes the data folder over.")]
    private static partial void LogSilent(ILogger logger, string url, int pid, double seconds);

    [LoggerMessage(EventId = 5037, Level = LogLevel.Warning, Message = "The server at {Url} (process {Pid}) answers again, after {Seconds:0} s.")]
    private static partial void LogAnswers(ILogger logger, string url, int pid, double seconds);
}
