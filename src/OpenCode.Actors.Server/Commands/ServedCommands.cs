using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Tools.Servers;

namespace OpenCode.Actors.Server.Commands;

/// <summary>The prompts of MCP servers, which users call as commands: <c>SERVER:PROMPT</c>.</summary>
internal sealed class ServedCommands(ToolServerContents servers)
{
    /// <summary>Lists them: names, descriptions, and the places of their arguments.</summary>
    public async Task<IReadOnlyList<(string Name, string? Description, IReadOnlyList<string> Places)>> ListAsync(string directory, CancellationToken cancellationToken) =>
    [
        .. (await servers.ListPromptsAsync(directory, cancellationToken)).Select(static prompt =>
            (ToolServerContents.CommandOf(prompt.Server, prompt.Item.Name), prompt.Item.Description, (IReadOnlyList<string>)[.. prompt.Item.Arguments.Select(static (_, at) => $"${at + 1}")])),
    ];

    /// <summary>Has its server make the prompt of a command.</summary>
    /// <returns>Its <see cref="ServedResult"/>, or a <see cref="PromptRejected"/>; null when no prompt has the name.</returns>
    public async Task<object?> MakeAsync(string directory, RunCommand request, CancellationToken cancellationToken)
    {
        if (await servers.FindPromptAsync(directory, request.Command, cancellationToken) is not var (server, prompt))
            return null;

        var words = CommandTemplate.WordsOf(request.Arguments);
        var given = prompt.Arguments.Select((argument, at) => (argument.Name, Value: at < prompt.Arguments.Count - 1 ? words.ElementAtOrDefault(at) : string.Join(' ', words.Skip(at)))).ToList();
        var missing = prompt.Arguments.Zip(given).Where(static pair => pair.First.IsRequired && string.IsNullOrEmpty(pair.Second.Value)).Select(static pair => pair.First.Name).ToList();
        if (missing.Count > 0)
        {
            return new PromptRejected(
                $"arguments: the prompt '{prompt.Name}' of the MCP server '{server}' needs {string.Join(" and ", missing)}. Give: /{request.Command} {string.Join(' ', prompt.Arguments.Select(static argument => argument.Name.ToUpperInvariant()))}");
        }

        try
        {
            var made = await servers.GetPromptAsync(
                directory, server, prompt.Name, given.Where(static argument => !string.IsNullOrEmpty(argument.Value)).ToDictionary(static argument => argument.Name, static argument => argument.Value!, StringComparer.Ordinal), cancellationToken);
            return prompt.Arguments.Count == 0 && !string.IsNullOrWhiteSpace(request.Arguments) ? made with { Text = $"{made.Text}\n\n{request.Arguments}" } : made;
        }
        catch (ToolServerException e)
        {
            return new PromptRejected($"command: the MCP server '{server}' did not make the prompt '{prompt.Name}'. {e.Message} Nothing was done.");
        }
    }
}
