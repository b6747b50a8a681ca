using System.Text.Json;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Tools.Servers;

namespace OpenCode.Actors.Sessions.Attachments;

/// <summary>Reads the resources of MCP servers that a prompt names, when it is taken (rule "A file is read once").</summary>
/// <param name="servers">The servers; null where there can be none.</param>
internal sealed class PromptResources(ToolServerContents? servers)
{
    /// <summary>Reads them.</summary>
    /// <returns>What was read, by the index of its part.</returns>
    /// <exception cref="FormatException">A part cannot be taken; the message names it.</exception>
    public async Task<IReadOnlyDictionary<int, NamedResource>> ReadAsync(IReadOnlyList<PromptPart> parts, string directory, CancellationToken cancellationToken)
    {
        var read = new Dictionary<int, NamedResource>();
        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i] is not FilePromptPart { Source: { ValueKind: JsonValueKind.Object } source } || TextOf(source, "type") != "resource")
                continue;
            if (TextOf(source, "clientName") is not { Length: > 0 } server || TextOf(source, "uri") is not { Length: > 0 } uri)
                throw new FormatException($"parts[{i}].source: give clientName, an MCP server, and uri, one of its resources.");

            try
            {
                var content = servers is null ? throw new ToolServerException("There are no MCP servers here.") : await servers.ReadResourceAsync(directory, server, uri, cancellationToken);
                read[i] = new NamedResource(server, uri, content);
            }
            catch (ToolServerException e)
            {
                throw new FormatException($"parts[{i}].source: the resource '{uri}' of the MCP server '{server}' could not be read. {e.Message} Nothing was done; send it again, or without the part.", e);
            }
        }

        return read;
    }

    private static string? TextOf(JsonElement source, string name) => source.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>A resource that a prompt names, with its content.</summary>
internal sealed record NamedResource(string Server, string Uri, ServedResult Content);
