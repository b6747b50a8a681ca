using System.Diagnostics;
using System.Text.Json.Nodes;
using OpenCode.Actors.Server.Composition;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Settings;
using OpenCode.Actors.Server.Storage;

namespace OpenCode.Actors.Server.CommandLine.Doors;

/// <summary>Runs one session on a private server, so that the code of sessions is compiled in this process before the cluster gives it any.</summary>
/// <remarks>
/// The first commands of a process take hundreds of milliseconds each, and those of a node that has just joined are commands of sessions that were moved to it.
/// The stage has a port of its own and a data folder of its own, gone when this ends; nothing of the node's configuration or data is on it.
/// </remarks>
internal static partial class Rehearsal
{
    // Several times what it takes: then the node joins, and is only slow at first.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(3);

    /// <summary>Runs the session and waits for its end, with a limit. A failure is logged and has no other effect.</summary>
    public static Task PlayAsync(ILogger logger) => PlayAsync(logger, OnStageAsync);

    /// <summary>Runs the session on a server of the caller's.</summary>
    /// <param name="logger">Logs the outcome.</param>
    /// <param name="onStageAsync">Runs the session. Its token is cancelled when the caller no longer waits.</param>
    internal static Task PlayAsync(ILogger logger, Func<CancellationToken, Task> onStageAsync) => Task.WhenAny(PlayAndTellAsync(logger, onStageAsync), Task.Delay(_patience));

    private static async Task PlayAndTellAsync(ILogger logger, Func<CancellationToken, Task> onStageAsync)
    {
        using var over = new CancellationTokenSource(_patience);
        var clock = Stopwatch.StartNew();
        try
        {
            await onStageAsync(over.Token);
            LogPlayed(logger, clock.ElapsedMilliseconds);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogFailed(logger, e);
        }
    }

    private static async Task OnStageAsync(CancellationToken over)
    {
        var folder = Directory.CreateTempSubdirectory("opencode-actors-");
        try
        {
            await OnStageAsync(new ServeSettings { Port = 0, DataFolder = folder.FullName, WorkingFolder = folder.FullName }, over);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task OnStageAsync(ServeSettings settings, CancellationToken over)
    {
        await using var app = CompositionRoot.Build(settings, ConfigCatalog.Open(new NothingConfigured(), named: null, settings.WorkingFolder), Apart);
        await app.OpenStorageAsync();
        await app.StartAsync(over);
        using (var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(app.Urls.First()) })
            await PlayAsync(http, over);
        await app.StopAsync(over);
    }

    // Signals are for the node, and so is the log; nothing of this outlives the process.
    private static void Apart(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Logging.ClearProviders();
    }

    /// <summary>Acts as a client.</summary>
    /// <exception cref="HttpRequestException">It was refused something: what was to be compiled may not be.</exception>
    /// <exception cref="EndOfStreamException">The stream ended before it had all events of the rehearsal.</exception>
    internal static async Task PlayAsync(HttpClient http, CancellationToken over)
    {
        using var stream = new StreamReader(await http.GetStreamAsync("event", over));
        var created = await SendAsync(HttpMethod.Post, "session", """{"title":"Rehearsal"}""");
        var session = $"session/{(string?)JsonNode.Parse(created)!["id"]}";
        await SendAsync(HttpMethod.Patch, session, """{"title":"Rehearsal of a turn"}""");
        await SendAsync(HttpMethod.Post, $"{session}/message", """{"parts":[{"type":"text","text":"hello"}]}""");
        await SendAsync(HttpMethod.Post, $"{session}/message", """{"noReply":true,"parts":[{"type":"text","text":"note"}]}""");
        foreach (var path in (string[])["session", "session/status", $"{session}/message", "permission", "question"])
            await SendAsync(HttpMethod.Get, path);
        await SendAsync(HttpMethod.Post, $"{session}/abort");
        await SendAsync(HttpMethod.Delete, session);

        // All that was played comes by.
        while (!(await stream.ReadLineAsync(over) ?? throw new EndOfStreamException("The stream ended before its session did.")).Contains("session.deleted", StringComparison.Ordinal))
        {
        }

        async Task<string> SendAsync(HttpMethod method, string path, string? body = null)
        {
            using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, mediaType: new("application/json")) };
            using var answer = await http.SendAsync(request, over);
            return await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(over);
        }
    }

    private sealed class NothingConfigured : IConfigSource
    {
        public string Home => Path.GetTempPath();

        public string? ReadText(string path) => null;

        public bool Exists(string path) => false;

        public IReadOnlyList<string> Markdown(string folder) => [];

        public string? Variable(string name) => null;
    }

    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [LoggerMessage(EventId = 5014, Level = LogLevel.Information, Message = "A session was played through in {Milliseconds} ms: what sessions need is compiled.")]
    private static partial void LogPlayed(ILogger logger, long milliseconds);

    [LoggerMessage(EventId = 5015, Level = LogLevel.Warning, Message = "No session could be played through before joining: the first commands here will take longer. Nothing else is wrong.")]
    private static partial void LogFailed(ILogger logger, Exception cause);
}
