using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Cluster.Faults;

/// <summary>A node whose ways to the database and from the other nodes go through proxies, so that each can be cut. Its clients reach it directly.</summary>
internal sealed class FaultyNode(string name, TempFolder folder, int databasePort) : IAsyncDisposable
{
    private readonly int _port = Ports.Free();
    private ServerProcess? _process;

    public string Name => name;

    public Uri Root => new($"http://127.0.0.1:{_port}");

    /// <summary>Gets or sets the program that the next start runs.</summary>
    public string ServerDll { get; set; } = Repository.ServerDll;

    /// <summary>Gets the silence after which streams get a heartbeat; null for what holds by default.</summary>
    public int? HeartbeatMs { get; init; }

    /// <summary>Gets a value indicating whether it gives away at once what it has too much of, where a test waits for even shares before it begins.</summary>
    public bool EvensOutSoon { get; init; }

    /// <summary>Gets the node's way to the database.</summary>
    public TcpProxy ToDatabase { get; } = new(databasePort);

    /// <summary>Gets the other nodes' way to this one; made with the first start.</summary>
    public TcpProxy FromNodes => field ??= new TcpProxy(_port);

    public ServerProcess Process => _process ?? throw new InvalidOperationException($"{name} was not started.");

    public async Task StartAsync()
    {
        if (_process is not null)
            await EndAsync(_process);

        await FromNodes.MendAsync();
        var setup = new ServerSetup
        {
            Folder = folder,
            ServerDll = ServerDll,
            Port = _port,
            Secret = FaultyCluster.Secret,
            Arguments =
            [
                "--node", name, "--advertise", FromNodes.Root.ToString(),
                "--cluster", $"Host=127.0.0.1;Port={ToDatabase.Root.Port};Database=opencode;Username=opencode;Password=opencode",
            ],
        };
        setup = HeartbeatMs is { } silence ? setup.WithEventStream(("heartbeat_ms", silence)) : setup;
        _process = await ServerProcess.StartAsync(EvensOutSoon ? setup.WithEvenSharesSoon() : setup);
    }

    /// <summary>kill -9. Its address refuses connections then, as it does without a proxy.</summary>
    public async Task KillAsync()
    {
        await Process.KillAsync();
        await FromNodes.CutAsync();
    }

    public async Task StopAsync()
    {
        Process.Signal(Unix.Terminate);
        await Process.ExitAsync();
        await FromNodes.CutAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            Process.Signal(Unix.Continue);
            await EndAsync(_process);
        }

        await ToDatabase.DisposeAsync();
        await FromNodes.DisposeAsync();
    }

    private async Task EndAsync(ServerProcess process)
    {
        await process.DisposeAsync();
        if (Environment.GetEnvironmentVariable("OPENCODE_ACTORS_LOGS") is { } logs)
            await File.AppendAllTextAsync(Path.Combine(logs, $"{name}.log"), process.Log);
    }
}
