using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Providers;

namespace OpenCode.Actors.EndToEnd.ModelTurns;

/// <summary>One server of ours for all turns of the class, and a scripted provider for each vendor: as it is, with a short silence (<c>-short</c>), and where none listens (<c>-gone</c>).</summary>
public sealed class ModelTurnsServer : IAsyncLifetime
{
    private readonly TempFolder _folder = new();

    // Bound and not listening: connections are refused, and no other process gets the port.
    private readonly Socket _refusing = new(SocketType.Stream, ProtocolType.Tcp);

    internal ServerProcess Server { get; private set; } = null!;

    internal Dictionary<string, ScriptedProvider> Providers { get; } = new(StringComparer.Ordinal);

    internal string Project => Server.Setup.Project;

    internal string RefusingAddress => $"127.0.0.1:{((IPEndPoint)_refusing.LocalEndPoint!).Port}";

    public async Task InitializeAsync()
    {
        _refusing.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var listed = new JsonObject();
        foreach (var (name, vendor) in Vendor.All)
        {
            var provider = Providers[name] = await ScriptedProvider.StartAsync();
            listed[name + "-own"] = Config(vendor, provider.BaseUrl);
            listed[name + "-short"] = Config(vendor, provider.BaseUrl, chunkTimeout: 2_000);
            listed[name + "-gone"] = Config(vendor, $"http://{RefusingAddress}/v1");
        }

        Server = await ServerProcess.StartAsync(new ServerSetup { Folder = _folder, Config = new JsonObject { ["provider"] = listed, ["model"] = "openai-own/m" } });
        await File.WriteAllTextAsync(Path.Combine(Project, "AGENTS.md"), "Say ALPHA.");
        await File.WriteAllTextAsync(Path.Combine(Project, "note.txt"), "one\ntwo\n");
    }

    public async Task DisposeAsync()
    {
        if (Server is not null)
            await Server.DisposeAsync();
        foreach (var provider in Providers.Values)
            await provider.DisposeAsync();
        _refusing.Dispose();
        _folder.Dispose();
    }

    private static JsonObject Config(Vendor vendor, string baseUrl, int chunkTimeout = 300_000) => new()
    {
        ["npm"] = vendor.Package,
        ["options"] = new JsonObject { ["baseURL"] = baseUrl, ["apiKey"] = "key", ["chunkTimeout"] = chunkTimeout },
        ["models"] = new JsonObject
        {
            ["m"] = new JsonObject
            {
                ["attachment"] = true,
                ["modalities"] = new JsonObject { ["input"] = new JsonArray("text", "image"), ["output"] = new JsonArray("text") },
                ["cost"] = new JsonObject { ["input"] = 10_000, ["output"] = 1_000_000 },
            },
        },
    };
}
