using System.Text.Json.Serialization;

namespace OpenCode.Actors.Server.Answers;

/// <summary>The status of an MCP server: <c>connected</c>, <c>disabled</c>, or <c>failed</c> with the reason.</summary>
internal sealed record McpStatusAnswer(string Status, string? Error = null)
{
    /// <summary>Makes the status: null for a server that is switched off, an empty text for one that is connected, else the error.</summary>
    public static McpStatusAnswer Of(string? error) => error switch
    {
        null => new McpStatusAnswer("disabled"),
        "" => new McpStatusAnswer("connected"),
        _ => new McpStatusAnswer("failed", error),
    };
}

/// <summary>No MCP server has this name.</summary>
internal sealed record McpNotFound([property: JsonPropertyName("_tag")] string Tag, string Name, string Message)
{
    public static McpNotFound Of(string name) => new("McpServerNotFoundError", name, $"MCP server not found: {name}");
}
