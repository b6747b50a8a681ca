using System.Net.Sockets;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Cluster.Faults;

/// <summary>A node whose connections to the database and from the other nodes pass proxies, so that each can be cut. Its clients reach it directly.</summary>
internal sealed class FaultyNode : IAsyncDisposable
{
    /// <summary>The exit code of a node that the others declared dead.</summary>
    public const int DeclaredDead = 6;

    private readonly TempFolder _folder;
    private readonly int _port = Ports.Free();
    private readonly int _clusterPort = Ports.Free();
    private ServerProcess? _process;

    public FaultyNode(string name, TempFolder folder, int databasePort, Func<Socket, string?> sourceOf)
    {
        (Name, _folder) = (name, folder);
        ToDatabase = new TcpProxy(databasePort);
        FromNodes = new TcpProxy(_clusterPort) { SourceOf = sourceOf };
    }

    public string Name { get; }

    public Uri Root => new($"http://127.0.0.1:{_port}");

    /// <summary>Gets or sets the program that the next start runs.</summary>
    public string ServerDll { get; set; } = Repository.ServerDll;

    /// <summary>Gets the silence after which streams get a heartbeat; null for the default.</summary>
    public int? HeartbeatMs { get; init; }

    /// <summary>Gets the node's way to the database.</summary>
    public TcpProxy ToDatabase { get; }

    /// <summary>Gets the way on which the other nodes connect to this one: the address that it advertises.</summary>
    public TcpProxy FromNodes { get; }

    public ServerProcess Process => _process ?? throw new InvalidOperationException($"{Name} was not started.");

    /// <summary>Gets the id of the latest process, also before it listens; 0 before the first.</summary>
    public int ProcessId { get; private set; }

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Gets a value indicating whether it was started and not ended by the test: when its process has ended then, it did so by itself.</summary>
    public bool IsMeantToRun { get; private set; }

    /// <summary>Gets how it is started.</summary>
    public ServerSetup Setup
    {
        get
        {
            var setup = new ServerSetup
            {
                Folder = _folder,
                ServerDll = ServerDll,
                Port = _port,
                Secret = FaultyCluster.Secret,
                Arguments =
                [
                    "--node", Name, "--advertise", FromNodes.Root.Authority, "--cluster-port", $"{_clusterPort}", "--cluster-bind", "127.0.0.1",
                    "--cluster", $"Host=127.0.0.1;Port={ToDatabase.Root.Port};Database=opencode;Username=opencode;Password=opencode",
                ],
            };
            return HeartbeatMs is { } silence ? setup.WithEventStream(("heartbeat_ms", silence)) : setup;
        }
    }

    /// <summary>Starts it, and waits until it listens. A former process has to have ended.</summary>
    public async Task StartAsync()
    {
        if (_process is { } former)
        {
            _process = null;
            await EndAsync(former);
        }

        using var leave = new CancellationTokenSource();
        var listening = MendWhenItListensAsync(leave.Token);
        try
        {
            _process = await ServerProcess.StartAsync(Setup, id => ProcessId = id);
        }
        finally
        {
            await leave.CancelAsync();
            await listening;
        }

        IsMeantToRun = true;
    }

    /// <summary>Starts it without waiting, for a node that may not come up.</summary>
    public async Task<ChildProcess> SpawnAsync()
    {
        await FromNodes.MendAsync();
        var process = ServerProcess.Spawn(Setup);
        ProcessId = process.Id;
        return process;
    }

    /// <summary>kill -9. Its address refuses connections from then on, as it does without a proxy.</summary>
    public async Task KillAsync()
    {
        IsMeantToRun = false;
        await FromNodes.RefuseAsync();
        await Process.KillAsync();
        await FromNodes.CutAsync();
    }

    /// <summary>Stops it with SIGTERM.</summary>
    public async Task StopAsync()
    {
        IsMeantToRun = false;
        Process.Signal(Unix.Terminate);
        Assert.Equal(0, await Process.ExitAsync());
        await FromNodes.CutAsync();
    }

    public async Task<bool> IsReadyAsync()
    {
        if (!IsRunning)
            return false;

        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/health/ready");
            using var response = await Process.Api.SendAsync(request);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
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

    // Until then the port refuses connections, as it does without a proxy.
    private async Task MendWhenItListensAsync(CancellationToken leave)
    {
        while (!Unix.IsListening(_clusterPort) && !leave.IsCancellationRequested)
            await Task.Delay(20, CancellationToken.None);
        await FromNodes.MendAsync();
    }

    private async Task EndAsync(ServerProcess process)
    {
        await process.DisposeAsync();
        if (Environment.GetEnvironmentVariable("OPENCODE_ACTORS_LOGS") is { } logs)
            await File.AppendAllTextAsync(Path.Combine(logs, $"{Name}.log"), process.Log);
    }
}
