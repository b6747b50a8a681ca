namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>Servers that the tests of a class share, one for each way to start it: for tests that leave a server as it was, and whose time would go by in starts.</summary>
public sealed class SharedServers : IAsyncLifetime
{
    private readonly Dictionary<string, (ServerProcess Server, TempFolder Folder)> _started = [];

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Finds the server that was started like this, or starts it.</summary>
    internal async Task<ServerProcess> GetAsync(string? password = null, params string[] arguments)
    {
        var how = string.Join(' ', [password, .. arguments]);
        if (!_started.TryGetValue(how, out var found))
        {
            var folder = new TempFolder();
            _started[how] = found = (await ServerProcess.StartAsync(new ServerSetup { Folder = folder, Password = password, Arguments = arguments }), folder);
        }

        return found.Server;
    }

    public async Task DisposeAsync()
    {
        foreach (var (server, folder) in _started.Values)
        {
            await server.DisposeAsync();
            folder.Dispose();
        }
    }
}
