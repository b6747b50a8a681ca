using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Server.Composition;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Server.Settings;
using OpenCode.Actors.Server.Storage;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Streams.Settings;
using OpenCode.Actors.Tests.Journal.Memory;
using OpenCode.Actors.Tests.Server.Config;
using OpenCode.Actors.Tests.Server.Locations;
using OpenCode.Actors.Tests.TestKit;
using OpenCode.Actors.Tests.TestKit.Doors;

namespace OpenCode.Actors.Tests.Server.Http;

/// <summary>The whole server as it is put together, with real Kestrel, on pipes, a disk in memory and a clock that is.</summary>
internal sealed class ServerKit : IAsyncDisposable
{
    private static readonly Akka.Configuration.Config _virtualTime = ConfigurationFactory.ParseString("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"");

    private readonly WebApplication _app;
    private readonly InMemoryTransport _transport;

    private ServerKit(Func<ServeSettings, ServeSettings>? settings, string? config, Action<IServiceCollection>? services, FakeConfigSource files)
    {
        var transport = new InMemoryTransport();
        _app = Build(settings, config, services, transport, files);
        _transport = transport;
        Client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = (_, _) => ValueTask.FromResult(transport.Connect()),
            UseCookies = false,
            AllowAutoRedirect = false,
        })
        {
            BaseAddress = new Uri("http://localhost:4096"),
            Timeout = OtherThreads.Hang,
        };
    }

    public HttpClient Client { get; }

    private VirtualTime Time { get; } = new();

    private IJournal? _journal;

    internal MemoryDisk Disk { get; } = new();

    public FakeModels Models { get; } = new();

    public ConcurrentQueue<(LogLevel Level, string Text)> Log { get; } = new();

    /// <summary>Gets the end of the actor system.</summary>
    public Task ActorsEnded => _app.Services.GetRequiredService<ActorSystem>().WhenTerminated;

    public static async Task<ServerKit> StartAsync(Func<ServeSettings, ServeSettings>? settings = null, string? config = null, Action<IServiceCollection>? services = null, FakeConfigSource? files = null)
    {
        var kit = new ServerKit(settings, config, services, files ?? new FakeConfigSource());
        await kit._app.OpenStorageAsync();
        await kit._app.StartAsync();
        return kit;
    }

    /// <summary>Opens a connection of its own, for what no HTTP client would send.</summary>
    public Stream Connect() => _transport.Connect();

    public async Task<(int Status, JsonElement Body)> SendAsync(string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var response = await RespondAsync(method, path, body, headers);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? default : JsonElement.Parse(text));
    }

    public async Task<HttpResponseMessage> RespondAsync(string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)); // no content type: none is asked for

        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);

        var response = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return (int)response.StatusCode == 500
            ? throw new InvalidOperationException($"{method} {path} met a fault of ours:\n{string.Join('\n', Log.Where(line => line.Level >= LogLevel.Error).Select(line => line.Text))}")
            : response;
    }

    /// <summary>Makes a session and returns its id.</summary>
    public async Task<string> SessionAsync() => (await SendAsync("POST", "/session")).Body.GetProperty("id").GetString()!;

    /// <summary>Moves the clock of the server and that of its actors.</summary>
    public void Advance(TimeSpan span)
    {
        Time.Advance(span);
        ((TestScheduler)_app.Services.GetRequiredService<ActorSystem>().Scheduler).Advance(span);
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private WebApplication Build(Func<ServeSettings, ServeSettings>? settings, string? config, Action<IServiceCollection>? services, InMemoryTransport transport, FakeConfigSource files)
    {
        if (config is not null)
            files.Files["/users/dev/.config/opencode/opencode.json"] = config;

        var serve = new ServeSettings { DataFolder = "/unused", Port = 4096, WorkingFolder = "/proj" };
        return CompositionRoot.Build(settings?.Invoke(serve) ?? serve, ConfigCatalog.Open(files, named: null, "/proj"), builder =>
        {
            builder.Logging.ClearProviders().AddProvider(new Collector(Log)).SetMinimumLevel(LogLevel.Information);
            builder.Services.AddSingleton<IConnectionListenerFactory>(transport);
            builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Time));
            builder.Services.AddSingleton(_virtualTime);
            builder.Services.PostConfigure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMinutes(1)); // of the real clock, so only a hang may reach it
            builder.Services.PostConfigure<EventStreamOptions>(streams => streams.HeadStartMs = 0); // the clock stands
            builder.Services.Replace(ServiceDescriptor.Singleton<IStorage>(provider => new MemoryStorage(this, provider.GetRequiredService<JournalMetrics>())));
            builder.Services.Replace(ServiceDescriptor.Singleton(_ => _journal!));
            builder.Services.Replace(ServiceDescriptor.Singleton<IFolderTree>(new FakeFolderTree().Folder("/proj").Folder("/other").File("/proj/a-file")));
            builder.Services.Replace(ServiceDescriptor.Singleton<IGit>(new NoGit()));
            builder.Services.Replace(ServiceDescriptor.Singleton<IModelCatalog>(Models));
            builder.Services.Replace(ServiceDescriptor.Singleton<IToolbox>(new FakeTools()));
            builder.Services.Replace(ServiceDescriptor.Singleton<IProcessHost>(new FakeTools()));
            services?.Invoke(builder.Services);
        });
    }

    private sealed class NoGit : IGit
    {
        public Task<GitRepository?> FindAsync(string folder) => Task.FromResult<GitRepository?>(null);

        public Task<string?> ReadAsync(string folder, IReadOnlyList<string> arguments, CancellationToken cancellationToken) => Task.FromResult<string?>(null);
    }

    private sealed class Collector(ConcurrentQueue<(LogLevel Level, string Text)> log) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Enqueue((logLevel, formatter(state, exception) + exception));

        public void Dispose()
        {
        }
    }

    private sealed class MemoryStorage(ServerKit kit, JournalMetrics metrics) : IStorage
    {
        public async Task OpenAsync() => kit._journal = await kit.Disk.OpenAsync(new JournalOptions(), kit.Time, metrics);
    }
}
