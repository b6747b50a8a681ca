using System.Diagnostics;
using System.Text.Json.Nodes;
using OpenCode.Actors.Journaling;
using OpenCode.Actors.Journaling.Disks;
using OpenCode.Actors.Server.CommandLine;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Storage;

namespace OpenCode.Actors.Server.Hosting.Doors;

/// <summary>Plays one session through on a server that nobody else knows: what sessions need is compiled in this process before the cluster gives it any.</summary>
/// <remarks>
/// The first commands of a process take hundreds of milliseconds each, and those of a node that has just joined are commands of sessions that were moved to it.
/// The stage has a port of its own and a journal in memory, gone when this ends; nothing of the node's configuration or data is on it.
/// </remarks>
internal static partial class Rehearsal
{
    // Several times what it takes: then the node joins, and is only slow at first.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(3);

    /// <summary>Plays it, and waits for its end, but not for ever. What goes wrong is said in the log, and costs nothing else.</summary>
    public static Task PlayAsync(ILogger logger) => Task.WhenAny(PlayAndTellAsync(logger), Task.Delay(_patience));

    private static async Task PlayAndTellAsync(ILogger logger)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            await OnStageAsync();
            LogPlayed(logger, clock.ElapsedMilliseconds);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException or JournalException)
        {
            LogFailed(logger, e);
        }
    }

    private static async Task OnStageAsync()
    {
        var settings = new ServeSettings { Port = 0, DataFolder = "memory", WorkingFolder = Path.GetTempPath() };
        await using var app = Program.Build(settings, ConfigCatalog.Open(new NothingConfigured(), named: null, settings.WorkingFolder), Apart);
        await app.OpenStorageAsync();
        await app.StartAsync();
        using (var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(app.Urls.First()) })
            await PlayAsync(http);
        await app.StopAsync();
    }

    // Signals are for the node, and so is the log; nothing of this outlives the process.
    private static void Apart(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IDisk>(new MemoryDisk());
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Logging.ClearProviders();
    }

    private static async Task PlayAsync(HttpClient http)
    {
        using var stream = new StreamReader(await http.GetStreamAsync("event"));
        using var created = await http.PostAsync("session", Body("""{"title":"Rehearsal"}"""));
        var session = $"session/{(string?)JsonNode.Parse(await created.Content.ReadAsStringAsync())!["id"]}";
        using var renamed = await http.PatchAsync(session, Body("""{"title":"Rehearsal of a turn"}"""));
        using var answered = await http.PostAsync($"{session}/message", Body("""{"parts":[{"type":"text","text":"hello"}]}"""));
        using var noted = await http.PostAsync($"{session}/message", Body("""{"noReply":true,"parts":[{"type":"text","text":"note"}]}"""));
        foreach (var path in (string[])["session", "session/status", $"{session}/message", "permission", "question"])
            await http.GetStringAsync(path);
        using var aborted = await http.PostAsync($"{session}/abort", content: null);
        using var deleted = await http.DeleteAsync(session);
        while (await stream.ReadLineAsync() is { } line && !line.Contains("session.deleted", StringComparison.Ordinal))
        {
            // All that was played comes by.
        }
    }

    private static StringContent Body(string json) => new(json, mediaType: new("application/json"));

    private sealed class NothingConfigured : IConfigSource
    {
        public string Home => Path.GetTempPath();

        public string? ReadText(string path) => null;

        public string? Variable(string name) => null;
    }

    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [LoggerMessage(EventId = 5012, Level = LogLevel.Information, Message = "A session was played through in {Milliseconds} ms: what sessions need is compiled.")]
    private static partial void LogPlayed(ILogger logger, long milliseconds);

    [LoggerMessage(EventId = 5013, Level = LogLevel.Warning, Message = "No session could be played through before joining: the first commands here will take longer. Nothing else is wrong.")]
    private static partial void LogFailed(ILogger logger, Exception cause);
}
