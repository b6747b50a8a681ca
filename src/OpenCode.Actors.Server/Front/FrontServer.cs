using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Server.Answers;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Edge;
using OpenCode.Actors.Server.Hosting;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Server.Locations.Doors;
using OpenCode.Actors.Server.Settings;
using OpenCode.Actors.Storage.Sqlite.Doors;
using Yarp.ReverseProxy.Forwarder;
using HeldFolder = OpenCode.Actors.Storage.Sqlite.Doors.DataFolder;

namespace OpenCode.Actors.Server.Front;

/// <summary>A server on a data folder that another one holds: serves through the holder, and takes the folder when the holder ends.</summary>
internal sealed partial class FrontServer : IAsyncDisposable
{
    private static readonly TimeSpan _lookAgain = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan _stopLimit = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stopping = new();
    private readonly ServeSettings _settings;
    private readonly SettingsPrint _print;
    private readonly WebApplication _parts;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly FrontForwarder _forwarder;
    private readonly HolderWatch _watch;
    private IDisposable? _mark;
    private bool _isBlind;

    private FrontServer(ServeSettings settings, OpenCodeConfig config, SettingsPrint print)
    {
        (_settings, _print) = (settings, print);

        // Never started: its parts are used, and its pipeline.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "opencode-actors" });
        builder.Logging.AddLogLines(settings.LogLevel);
        builder.WebHost.UseHttp(settings, config.Limits);
        builder.Services.AddHost().AddLocations(settings.WorkingFolder).AddHttpForwarder();
        _parts = builder.Build();
        _time = _parts.Services.GetRequiredService<TimeProvider>();
        _logger = _parts.Services.GetRequiredService<ILogger<FrontServer>>();
        Link = new HolderLink(_time);
        _forwarder = new FrontForwarder(
            _parts.Services.GetRequiredService<IHttpForwarder>(),
            Link,
            new PassingStreams(_time, TimeSpan.FromMilliseconds(config.EventStream.WriteTimeoutMs)),
            _parts.Services.GetRequiredService<LocationResolver>(),
            _time,
            _stopping.Token);
        _watch = new HolderWatch(Link, _forwarder.IsAliveAsync, _time, _parts.Services.GetRequiredService<ILogger<HolderWatch>>());
        _parts.UseErrors();
        _parts.UseClientRules(settings);
        var started = _time.GetTimestamp();
        _parts.Use(next => context => FrontRoutes.AsksIfAlive(context.Request) ? context.Response.WriteAsJsonAsync(LiveHealth.Of(_time, started), ServerJson.Default.LiveHealth) : next(context));
        _parts.Run(_forwarder.ForwardAsync);
        Port = new SharedPort(_parts.Services.GetRequiredService<IServer>());
    }

    /// <summary>Gets where requests go.</summary>
    public HolderLink Link { get; }

    /// <summary>Gets the port; it stays open when the front becomes the holder.</summary>
    public SharedPort Port { get; }

    /// <summary>Gets the address that clients use.</summary>
    public string Address => Port.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();

    /// <summary>Gets a token that is cancelled when this process begins to stop, until <see cref="LeaveSignals"/>.</summary>
    public CancellationToken Stopping => _parts.Lifetime.ApplicationStopping;

    /// <summary>Opens the port and serves through the holder.</summary>
    /// <param name="settings">The command line.</param>
    /// <param name="config">The configuration.</param>
    /// <param name="print">What the rules of this server come from.</param>
    /// <param name="holder">What the holder tells.</param>
    /// <exception cref="FrontRefusedException">The holder has other rules.</exception>
    public static async Task<FrontServer> StartAsync(ServeSettings settings, OpenCodeConfig config, SettingsPrint print, HolderInfo holder)
    {
        var front = new FrontServer(settings, config, print);
        try
        {
            front.Accept(holder);
            front.Mark();
            await front._parts.Services.GetRequiredService<IHostLifetime>().WaitForStartAsync(CancellationToken.None);
            await front.Port.OpenAsync(((IApplicationBuilder)front._parts).Build(), front._parts.Services.GetRequiredService<IHttpContextFactory>(), CancellationToken.None);
            LogFront(front._logger, settings.DataFolder, holder.Url, holder.Pid);
            return front;
        }
        catch
        {
            await front.DisposeAsync();
            throw;
        }
    }

    /// <summary>Serves until the holder has ended or this server begins to stop.</summary>
    /// <returns>The folder, which this server holds now; null when it has stopped.</returns>
    /// <exception cref="FrontRefusedException">There is another holder, with other rules.</exception>
    /// <exception cref="JournalFolderException">The holder has ended, and its database is gone.</exception>
    public async Task<HeldFolder?> RunAsync()
    {
        var stop = Stopping;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var watching = _watch.RunAsync(over.Token);
        try
        {
            while (!stop.IsCancellationRequested)
            {
                if (CheckHolder() is { } held)
                {
                    Become(held);
                    return held;
                }

                await Task.Delay(_lookAgain, _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            await over.CancelAsync();
            await watching;
        }

        await _stopping.CancelAsync();
        using var limit = new CancellationTokenSource(_stopLimit, _time);
        await Port.StopAsync(limit.Token);
        return null;
    }

    /// <summary>Leaves the signals to the server that has taken over.</summary>
    public void LeaveSignals() => (_parts.Services.GetRequiredService<IHostLifetime>() as IDisposable)?.Dispose();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _mark?.Dispose();
        _forwarder.Dispose();
        await _parts.DisposeAsync();
        _stopping.Dispose();
    }

    // What cannot be read now ends no front that serves.
    private HeldFolder? CheckHolder()
    {
        try
        {
            if (HeldFolder.TryTakeOver(_settings.DataFolder) is { } held)
                return held;

            Mark();
            Follow(HolderFile.Read(_settings.DataFolder));
            _isBlind = false;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException && Link.Holder is null)
        {
            throw HeldFolder.Gone(_settings.DataFolder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_isBlind)
                LogBlind(_logger, _settings.DataFolder, e.Message);
            _isBlind = true;
        }

        return null;
    }

    private void Mark() => _mark ??= HeldFolder.TryMarkFront(_settings.DataFolder);

    private void Become(HeldFolder held)
    {
        if (Link.Holder is { } gone)
            Link.Lost(gone);
        _mark?.Dispose();
        LogTakesOver(_logger, held.Path);
    }

    private void Follow(HolderInfo? holder)
    {
        var known = Link.Holder;
        if (holder is null || holder.Secret == known?.Secret)
            return;

        Accept(holder);
    }

    private void Accept(HolderInfo holder)
    {
        var differences = new List<string>(_print.DifferencesTo(holder.Settings, holder.Secret));
        if (holder.HasPassword && _settings.Password is null)
            differences.Insert(0, "that server has a password (OPENCODE_SERVER_PASSWORD), this one has none");
        if (differences.Count > 0)
            throw new FrontRefusedException(_settings.DataFolder, holder, differences);

        if (_settings.Password is not null && !holder.HasPassword)
            LogOpenHolder(_logger, holder.Url, holder.Pid);
        Link.Found(holder);
    }

    [LoggerMessage(EventId = 5030, Level = LogLevel.Information, Message = "The data folder '{Folder}' is held by the server at {Url} (process {Pid}); this one serves through it.")]
    private static partial void LogFront(ILogger logger, string folder, string url, int pid);

    [LoggerMessage(EventId = 5031, Level = LogLevel.Warning, Message = "The server that held the data folder '{Folder}' has ended; this one takes it over.")]
    private static partial void LogTakesOver(ILogger logger, string folder);

    [LoggerMessage(EventId = 5035, Level = LogLevel.Warning, Message = "The server at {Url} (process {Pid}), through which this one serves, has no password: every user of this machine can use the same sessions there. Start it with OPENCODE_SERVER_PASSWORD too.")]
    private static partial void LogOpenHolder(ILogger logger, string url, int pid);

    [LoggerMessage(EventId = 5034, Level = LogLevel.Warning, Message = "The holder of the data folder '{Folder}' cannot be read ({Reason}). This server goes on serving through the holder it knows, and cannot take the folder over until this is mended; it tries five times a second.")]
    private static partial void LogBlind(ILogger logger, string folder, string reason);
}
