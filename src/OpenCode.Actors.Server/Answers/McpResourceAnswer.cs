namespace OpenCode.Actors.Server.Answers;

/// <summary>A resource of an MCP server as clients list it.</summary>
/// <param name="Name">For people.</param>
/// <param name="Uri">By which it is read.</param>
/// <param name="Description">For people.</param>
/// <param name="MimeType">The kind of its content.</param>
/// <param name="Client">The server, by its name in the configuration.</param>
internal sealed record McpResourceAnswer(string Name, string Uri, string? Description, string? MimeType, string Client);
