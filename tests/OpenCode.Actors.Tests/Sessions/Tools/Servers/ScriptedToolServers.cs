using System.Text.Json;
using OpenCode.Actors.Sessions.Tools.Servers;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Sessions.Tools.Servers;

/// <summary>MCP servers that connect, answer and die by the test's hand.</summary>
internal sealed class ScriptedToolServers(SeededSystem system) : IToolServerConnector, IToolServerConfig
{
    public List<ToolServerSpec> Specs { get; } = [];

    /// <summary>Gets the attempts to connect so far.</summary>
    public List<(ToolServerSpec Spec, string Directory)> Attempts { get; } = [];

    public List<ScriptedConnection> Connections { get; } = [];

    /// <summary>Gets or sets what an attempt fails with.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Gets or sets a value indicating whether attempts take until they are given up.</summary>
    public bool Hangs { get; set; }

    public IReadOnlyList<ToolServerSpec> For(string directory) => Specs;

    public async Task<IToolServerConnection> ConnectAsync(ToolServerSpec spec, string directory, CancellationToken cancellationToken)
    {
        Attempts.Add((spec, directory));
        if (Hangs)
        {
            var given = new TaskCompletionSource();
            using var registration = cancellationToken.Register(() => given.TrySetCanceled(cancellationToken));
            await given.Task;
        }

        if (Fault is not null)
            throw Fault;

        var connection = new ScriptedConnection(system);
        Connections.Add(connection);
        return connection;
    }
}

/// <summary>A connection with the tools <c>echo</c>, which gives its input back, and <c>hang</c>.</summary>
internal sealed class ScriptedConnection(SeededSystem system) : IToolServerConnection
{
    private readonly TaskCompletionSource<string> _ended = new();

    public IReadOnlyList<ServedTool> Tools { get; set; } = [new("echo", "Says it again.", Object), new("hang", "Never answers.", Object)];

    public IReadOnlyList<ServedPrompt> Prompts { get; set; } = [];

    public bool HangsInLists { get; set; }

    /// <summary>Gets a value indicating whether a list hangs.</summary>
    public bool IsListing { get; private set; }

    /// <summary>Gets a value indicating whether the reading of a resource hangs.</summary>
    public bool IsReading { get; private set; }

    public Task<string> Ended => _ended.Task;

    public int Disposals { get; private set; }

    public int CancelledCalls { get; private set; }

    /// <summary>Gets what a call that hangs says that it is at work with; null when none hangs.</summary>
    public Action? Progressed { get; private set; }

    /// <summary>Gets or sets what a call gives; its input by default.</summary>
    public Func<ServedResult>? Result { get; set; }

    private static JsonElement Object => JsonElement.Parse("""{"type":"object"}""");

    public void Die(string reason) => system.Outside("the server dies", () => _ended.TrySetResult(reason));

    public async Task<ServedResult> CallAsync(string tool, JsonElement input, Action progressed, CancellationToken cancellationToken)
    {
        if (tool != "hang")
            return Result?.Invoke() ?? new ServedResult(input.GetRawText(), [], IsError: false);

        Progressed = progressed;
        var given = new TaskCompletionSource();
        using var registration = cancellationToken.Register(() => given.TrySetCanceled(cancellationToken));
        try
        {
            await given.Task;
        }
        finally
        {
            CancelledCalls++;
        }

        throw new InvalidOperationException("It hangs.");
    }

    public async Task<IReadOnlyList<ServedPrompt>> ListPromptsAsync(CancellationToken cancellationToken)
    {
        if (HangsInLists)
        {
            IsListing = true;
            var given = new TaskCompletionSource();
            using var registration = cancellationToken.Register(() => given.TrySetCanceled(cancellationToken));
            await given.Task;
        }

        return Prompts;
    }

    public Task<ServedResult> GetPromptAsync(string prompt, IReadOnlyDictionary<string, string> arguments, CancellationToken cancellationToken) =>
        Task.FromResult(Result?.Invoke() ?? new ServedResult($"{prompt}({string.Join(", ", arguments.Select(static pair => $"{pair.Key}={pair.Value}"))})", [], IsError: false));

    public Task<IReadOnlyList<ServedResource>> ListResourcesAsync(CancellationToken cancellationToken) => throw new ToolServerException("It has no resources.");

    public async Task<ServedResult> ReadResourceAsync(string uri, CancellationToken cancellationToken)
    {
        if (uri == "toy://none")
            throw new ToolServerException("There is none.");
        if (uri == "toy://hang")
        {
            IsReading = true;
            var given = new TaskCompletionSource();
            using var registration = cancellationToken.Register(() => given.TrySetCanceled(cancellationToken));
            await given.Task;
        }

        return Result?.Invoke() ?? new ServedResult($"content of {uri}", [], IsError: false);
    }

    public ValueTask DisposeAsync()
    {
        Disposals++;
        return default;
    }
}
