using System.Text.Json;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>A script of <c>tests/clients</c>, run by node; it prints JSON lines.</summary>
internal sealed class NodeClient : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly List<JsonElement> _lines = [];

    public NodeClient(string script, params string[] arguments)
    {
        Needs.Node();
        _process = ChildProcess.Start(
            "node", [script, .. arguments], Repository.Clients.Folder, new Dictionary<string, string?> { ["NO_PROXY"] = "127.0.0.1,localhost", ["CHROMIUM"] = Programs.Chromium }, Add);
    }

    public IReadOnlyList<JsonElement> Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    /// <summary>Waits for the line of the given number.</summary>
    public async Task<JsonElement> LineAsync(int number, TimeSpan? limit = null)
    {
        await Eventually.TrueAsync(() => Lines.Count > number || _process.HasExited, $"line {number} of the client; its errors: {_process.Errors}", limit);
        if (Lines.Count > number)
            return Lines[number];

        // It has ended; its last words come with the end of its output.
        var code = await _process.ExitAsync();
        Assert.True(Lines.Count > number, $"The client ended with {code}. {_process.Errors}");
        return Lines[number];
    }

    /// <summary>Writes a command and waits for its answer.</summary>
    public async Task<JsonElement> AskAsync(object command)
    {
        var number = Lines.Count;
        await TellAsync(command);
        return await LineAsync(number);
    }

    /// <summary>Writes a command that has no answer.</summary>
    public async Task TellAsync(object command)
    {
        await _process.Input.WriteLineAsync(JsonSerializer.Serialize(command));
        await _process.Input.FlushAsync();
    }

    /// <summary>Closes the client's input, which ends it.</summary>
    public async Task<int> EndAsync()
    {
        _process.Input.Close();
        return await _process.ExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // A browser has children: let the script close them.
            _process.Input.Close();
            await Task.WhenAny(_process.ExitAsync(), Task.Delay(TimeSpan.FromSeconds(10)));
        }

        await _process.DisposeAsync();
    }

    private void Add(string line)
    {
        lock (_lines)
            _lines.Add(JsonDocument.Parse(line).RootElement);
    }
}
