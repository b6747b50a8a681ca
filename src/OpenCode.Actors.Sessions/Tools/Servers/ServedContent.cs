namespace OpenCode.Actors.Sessions.Tools.Servers;

/// <summary>A prompt of an MCP server.</summary>
/// <param name="Name">The server's own name of it.</param>
/// <param name="Description">For people; null when it has none.</param>
/// <param name="Arguments">What it is made from.</param>
internal sealed record ServedPrompt(string Name, string? Description, IReadOnlyList<ServedArgument> Arguments);

/// <summary>An argument of a prompt.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsRequired">Whether the prompt cannot be made without it.</param>
internal sealed record ServedArgument(string Name, bool IsRequired);

/// <summary>A resource of an MCP server.</summary>
/// <param name="Uri">By which it is read.</param>
/// <param name="Name">For people.</param>
/// <param name="Description">For people; null when it has none.</param>
/// <param name="MimeType">The kind of its content; null when it is not known.</param>
internal sealed record ServedResource(string Uri, string Name, string? Description, string? MimeType);
