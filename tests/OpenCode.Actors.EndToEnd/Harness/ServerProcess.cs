using System.Text.RegularExpressions;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>The server as users run it: a process of its own, the built dll, real sockets.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private ServerProcess(ServerSetup setup, ChildProcess process, Uri root)
    {
        Setup = setup;
        _process = process;
        Root = root;
        Api = new Api(root, setup.Password);
    }

    public ServerSetup Setup { get; }

    public Uri Root { get; }

    public Api Api { get; }

    public int Id => _process.Id;

    public string Log => _process.Errors;

    public string Output => _process.Output;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts the process and waits until it listens.</summary>
    /// <param name="setup">How it is started.</param>
    /// <param name="onSpawned">Receives the process id before the server listens.</param>
    public static async Task<ServerProcess> StartAsync(ServerSetup setup, Action<int>? onSpawned = null)
    {
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = Spawn(setup, line =>
        {
            if (Listening().Match(line) is { Success: true } match)
                listening.TrySetResult(new Uri(match.Groups[1].Value));
        });
        onSpawned?.Invoke(process.Id);
        await Eventually.TrueAsync(() => listening.Task.IsCompleted || process.HasExited, "the server's line on stdout");
        if (!listening.Task.IsCompleted)
            Assert.Fail($"The server ended with {await process.ExitAsync()} before it listened. stdout: {process.Output} stderr: {process.Errors}");

        return new ServerProcess(setup, process, await listening.Task);
    }

    /// <summary>Starts the process without waiting for it to listen.</summary>
    public static ChildProcess Spawn(ServerSetup setup, Action<string>? onLine = null) =>
        // `env --default-signal`: a test run that was started in the background of a script hands an ignored SIGINT down to its children.
        ChildProcess.Start(
            "/usr/bin/env", ["--default-signal=INT", .. setup.Command()], setup.Project, setup.Environment, onLine);

    /// <summary>kill -9.</summary>
    public Task KillAsync() => _process.KillAsync();

    public void Signal(int signal) => _process.Signal(signal);

    public Task<int> ExitAsync(TimeSpan? limit = null) => _process.ExitAsync(limit);

    /// <summary>Starts a new process on the same folder and port; the old one has ended.</summary>
    public Task<ServerProcess> RestartAsync() => StartAsync(Setup with { Port = Root.Port });

    public Task<SseClient> ListenAsync(string path = "/event", string? lastEventId = null) =>
        SseClient.ConnectAsync(Root, path, lastEventId, Api.Authorization);

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await _process.DisposeAsync();
    }

    [GeneratedRegex(@"^opencode server listening on (http://\S+)$")]
    private static partial Regex Listening();
}
