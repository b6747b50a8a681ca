using Akka.Actor;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Server.Composition;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Settings;
using OpenCode.Actors.Server.Storage;

namespace OpenCode.Actors.EndToEnd.InProcess;

/// <summary>The whole server inside the test's process, on a real port and a real folder: for tests that put a faulty part in place of a sound one.</summary>
internal sealed class InProcessServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private InProcessServer(WebApplication app)
    {
        _app = app;
        Root = new Uri(app.Urls.First());
        Api = new Api(Root);
    }

    public Uri Root { get; }

    public Api Api { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts a server.</summary>
    /// <param name="folder">Where its data and its project are.</param>
    /// <param name="config">The configuration, in the shape of <c>opencode.json</c>.</param>
    /// <param name="replace">Replaces services.</param>
    public static async Task<InProcessServer> StartAsync(TempFolder folder, string config, Action<IServiceCollection> replace)
    {
        var files = new OneConfigFile(System.IO.Path.Combine(folder.Path, "opencode.json"), config);
        var settings = new ServeSettings { DataFolder = folder.Sub("data"), Port = 0, WorkingFolder = folder.Sub("project"), ConfigFile = files.Path };
        var app = CompositionRoot.Build(settings, ConfigCatalog.Open(files, files.Path, settings.WorkingFolder), builder =>
        {
            builder.Logging.SetMinimumLevel(LogLevel.Error);
            replace(builder.Services);
        });
        await app.OpenStorageAsync();
        await app.StartAsync();
        return new InProcessServer(app);
    }

    /// <summary>Counts all actors below one.</summary>
    public static int CountBelow(IActorRef actor) => actor is ActorRefWithCell parent ? parent.Children.Sum(child => 1 + CountBelow(child)) : 0;

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private sealed class OneConfigFile(string path, string text) : IConfigSource
    {
        public string Path => path;

        public string Home => "/nowhere";

        public string? ReadText(string file) => file == path ? text : null;

        public bool Exists(string path) => false;

        public IReadOnlyList<string> Markdown(string folder) => [];

        public string? Variable(string name) => null;
    }
}
