using OpenCode.Actors.Sessions.Tools.Outputs;

namespace OpenCode.Actors.Sessions.Tools.Servers;

/// <summary>What the MCP servers of a location have beside tools: prompts and resources. Each list is asked for anew.</summary>
/// <param name="servers">The servers.</param>
/// <param name="outputs">Where long resources are kept.</param>
/// <param name="time">The clock.</param>
internal sealed class ToolServerContents(ToolServers servers, IOutputFolder outputs, TimeProvider time)
{
    private const int LongestPrompt = 256 * 1024;
    private static readonly TimeSpan _listLimit = TimeSpan.FromSeconds(5);

    /// <summary>Returns the name of the command that a prompt is.</summary>
    public static string CommandOf(string server, string prompt) => $"{ServedNames.Plain(server)}:{ServedNames.Plain(prompt)}";

    /// <summary>Lists the prompts, each with its server. Those of a server that is not connected soon, or does not answer, are left out.</summary>
    public Task<IReadOnlyList<(string Server, ServedPrompt Item)>> ListPromptsAsync(string directory, CancellationToken cancellationToken) =>
        ListAsync(directory, static (connection, token) => connection.ListPromptsAsync(token), cancellationToken);

    /// <summary>Lists the resources, each with its server. Those of a server that is not connected soon, or does not answer, are left out.</summary>
    public Task<IReadOnlyList<(string Server, ServedResource Item)>> ListResourcesAsync(string directory, CancellationToken cancellationToken) =>
        ListAsync(directory, static (connection, token) => connection.ListResourcesAsync(token), cancellationToken);

    /// <summary>Finds the prompt that a command is; null when there is none. Waits until its server is connected.</summary>
    public async Task<(string Server, ServedPrompt Item)?> FindPromptAsync(string directory, string command, CancellationToken cancellationToken)
    {
        var found = await CollectAsync(servers.Enabled(directory).Where(spec => command.StartsWith(CommandOf(spec.Name, ""), StringComparison.Ordinal)), async spec =>
        {
            var connection = await ConnectAsync(directory, spec, cancellationToken);
            return await WithinAsync(_listLimit, connection.ListPromptsAsync, cancellationToken);
        });
        return found.Where(prompt => CommandOf(prompt.Server, prompt.Item.Name) == command).Select(static prompt => ((string, ServedPrompt)?)prompt).FirstOrDefault();
    }

    /// <summary>Has a server make a prompt.</summary>
    /// <exception cref="ToolServerException">There is none.</exception>
    public async Task<ServedResult> GetPromptAsync(string directory, string server, string prompt, IReadOnlyDictionary<string, string> arguments, CancellationToken cancellationToken)
    {
        var made = await AskAsync(directory, server, (connection, token) => connection.GetPromptAsync(prompt, arguments, token), cancellationToken);
        return made.Text.Length <= LongestPrompt ? made : throw new ToolServerException($"Its prompt is longer than {LongestPrompt} characters.");
    }

    /// <summary>Reads a resource. Of a long one the text is cut, as that of a tool's result.</summary>
    /// <exception cref="ToolServerException">It cannot be read.</exception>
    public async Task<ServedResult> ReadResourceAsync(string directory, string server, string uri, CancellationToken cancellationToken)
    {
        var read = await AskAsync(directory, server, (connection, token) => connection.ReadResourceAsync(uri, token), cancellationToken);
        return read with { Text = (await LongResult.CutAsync(read.Text, outputs, ServedNames.Plain(server))).Text };
    }

    private Task<IReadOnlyList<(string Server, T Item)>> ListAsync<T>(
        string directory, Func<IToolServerConnection, CancellationToken, Task<IReadOnlyList<T>>> list, CancellationToken cancellationToken) =>
        CollectAsync(servers.Enabled(directory), spec => WithinAsync(_listLimit, async token => await list(await ConnectAsync(directory, spec, token), token), cancellationToken));

    private static async Task<IReadOnlyList<(string Server, T Item)>> CollectAsync<T>(IEnumerable<ToolServerSpec> asked, Func<ToolServerSpec, Task<IReadOnlyList<T>>> list)
    {
        var lists = await Task.WhenAll(asked.Select(async spec =>
        {
            try
            {
                return (await list(spec)).Select(item => (spec.Name, item));
            }
            catch (ToolServerException)
            {
                return []; // Its status says how it is, if it is ill.
            }
        }));
        return [.. lists.SelectMany(static items => items)];
    }

    private async Task<T> AskAsync<T>(string directory, string name, Func<IToolServerConnection, CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        var spec = servers.Enabled(directory).FirstOrDefault(spec => spec.Name == name) ?? throw new ToolServerException("There is no such server here, or it is switched off.");
        var connection = await ConnectAsync(directory, spec, cancellationToken);
        return await WithinAsync(spec.CallTimeout, token => ask(connection, token), cancellationToken);
    }

    private async Task<IToolServerConnection> ConnectAsync(string directory, ToolServerSpec spec, CancellationToken cancellationToken)
    {
        var reached = await servers.ReachAsync(directory, spec, cancellationToken);
        return reached.Connection ?? throw new ToolServerException($"It is not connected: {reached.Error}");
    }

    private async Task<T> WithinAsync<T>(TimeSpan limit, Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(limit, time);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await ask(given.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ToolServerException($"It did not answer within {limit.TotalSeconds:0.#} s.");
        }
    }
}
