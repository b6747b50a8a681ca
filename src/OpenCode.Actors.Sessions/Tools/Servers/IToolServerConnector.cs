using System.Text.Json;

namespace OpenCode.Actors.Sessions.Tools.Servers;

/// <summary>The door to MCP servers.</summary>
internal interface IToolServerConnector
{
    /// <summary>Starts a server, or connects to it, and lists its tools.</summary>
    /// <param name="spec">The server.</param>
    /// <param name="directory">The location.</param>
    /// <param name="cancellationToken">Gives up; what was started is ended.</param>
    /// <exception cref="ToolServerException">It cannot be reached.</exception>
    Task<IToolServerConnection> ConnectAsync(ToolServerSpec spec, string directory, CancellationToken cancellationToken);
}

/// <summary>A connection to an MCP server. Disposing it ends the server's process, if it has one; it may be disposed more than once.</summary>
internal interface IToolServerConnection : IAsyncDisposable
{
    /// <summary>Gets its tools. They change when the server says so.</summary>
    IReadOnlyList<ServedTool> Tools { get; }

    /// <summary>Gets what ends with the connection; its result says why.</summary>
    Task<string> Ended { get; }

    /// <summary>Calls a tool.</summary>
    /// <param name="tool">The server's own name of it.</param>
    /// <param name="input">The input: an object.</param>
    /// <param name="progressed">Called, on any thread, when the server says that it is at work.</param>
    /// <param name="cancellationToken">Gives up, and tells the server so.</param>
    /// <exception cref="ToolServerException">There is no result.</exception>
    Task<ServedResult> CallAsync(string tool, JsonElement input, Action progressed, CancellationToken cancellationToken);

    /// <summary>Lists the prompts; none if the server has no such thing.</summary>
    /// <exception cref="ToolServerException">There is no result.</exception>
    Task<IReadOnlyList<ServedPrompt>> ListPromptsAsync(CancellationToken cancellationToken);

    /// <summary>Has a prompt made.</summary>
    /// <param name="prompt">The server's own name of it.</param>
    /// <param name="arguments">What it is made from.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ToolServerException">There is no result.</exception>
    Task<ServedResult> GetPromptAsync(string prompt, IReadOnlyDictionary<string, string> arguments, CancellationToken cancellationToken);

    /// <summary>Lists the resources; none if the server has no such thing.</summary>
    /// <exception cref="ToolServerException">There is no result.</exception>
    Task<IReadOnlyList<ServedResource>> ListResourcesAsync(CancellationToken cancellationToken);

    /// <summary>Reads a resource.</summary>
    /// <exception cref="ToolServerException">There is no result.</exception>
    Task<ServedResult> ReadResourceAsync(string uri, CancellationToken cancellationToken);
}

/// <summary>A tool of an MCP server.</summary>
/// <param name="Name">The server's own name of it.</param>
/// <param name="Description">For the model.</param>
/// <param name="InputSchema">A JSON schema of an object.</param>
internal sealed record ServedTool(string Name, string Description, JsonElement InputSchema);

/// <summary>The result of a call, a prompt, or the content of a resource.</summary>
/// <param name="Text">For the model.</param>
/// <param name="Files">Files that a model takes as they are: images, PDFs.</param>
/// <param name="IsError">Whether the server calls it an error.</param>
internal sealed record ServedResult(string Text, IReadOnlyList<ToolFile> Files, bool IsError);

/// <summary>An MCP server could not be reached, or gave no result. The message is for the model and the user, and holds no secret.</summary>
internal sealed class ToolServerException(string message, Exception? inner = null) : Exception(message, inner);
