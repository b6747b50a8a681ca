using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>A test with a folder of its own, in which it starts servers.</summary>
public abstract class ServerTest(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _started = [];

    internal TempFolder Folder { get; } = new();

    private protected ServerSetup Setup => new() { Folder = Folder };

    protected ITestOutputHelper Output => output;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var one in Enumerable.Reverse(_started))
            await one.DisposeAsync();

        Folder.Dispose();
    }

    private protected async Task<ServerProcess> StartAsync(ServerSetup? setup = null) => Own(await ServerProcess.StartAsync(setup ?? Setup));

    private protected async Task<ServerProcess> RestartAsync(ServerProcess ended) => Own(await ended.RestartAsync());

    /// <summary>Ends this with the test, last started first. May be called side by side.</summary>
    protected T Own<T>(T started)
        where T : IAsyncDisposable
    {
        lock (_started)
            _started.Add(started);
        return started;
    }

    /// <summary>Makes the randomness of a test and prints its seed.</summary>
    protected Random Randomness()
    {
        var seed = Scale.Seed();
        output.WriteLine($"OPENCODE_ACTORS_SEED={seed}");
        return new Random(seed);
    }
}
