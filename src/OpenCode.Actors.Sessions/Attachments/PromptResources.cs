using System.Text.Json;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Tools.Servers;

namespace OpenCode.Actors.Sessions.Attachments;

/// <summary>Reads the resources of MCP servers that a prompt names, when it is taken (rule "A file is read once").</summary>
/// <param name="servers">The servers; null where there can be none.</param>
/// <param name="time">The clock.</param>
internal sealed class PromptResources(ToolServerContents? servers, TimeProvider time)
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60); // for all of a prompt

    /// <summary>Reads them, until they are larger than the files of a prompt may be.</summary>
    /// <returns>What was read, by the index of its part.</returns>
    /// <exception cref="FormatException">A part cannot be taken; the message names it.</exception>
    public async Task<IReadOnlyDictionary<int, NamedResource>> ReadAsync(IReadOnlyList<PromptPart> parts, string directory, CancellationToken cancellationToken)
    {
        var read = new Dictionary<int, NamedResource>();
        var room = PromptFiles.MostBytes;
        using var deadline = new CancellationTokenSource(_limit, time);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i] is not FilePromptPart { Source: { ValueKind: JsonValueKind.Object } source } || TextOf(source, "type") != "resource")
                continue;
            if (TextOf(source, "clientName") is not { Length: > 0 } server || TextOf(source, "uri") is not { Length: > 0 } uri)
                throw new FormatException($"parts[{i}].source: give clientName, an MCP server, and uri, one of its resources.");

            try
            {
                var content = servers is null ? throw new ToolServerException("There are no MCP servers here.")
                    : room < 0 ? null
                    : await servers.ReadResourceAsync(directory, server, uri, given.Token);
                room -= content is null ? 0 : NamedResource.SizeOf(content);
                read[i] = new NamedResource(server, uri, room < 0 ? null : content);
            }
            catch (ToolServerException e)
            {
                throw Mistake(i, server, uri, e.Message, e);
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                throw Mistake(i, server, uri, $"The resources of the prompt took more than {_limit.TotalSeconds:0} s together.", e);
            }
        }

        return read;
    }

    private static FormatException Mistake(int index, string server, string uri, string reason, Exception cause) =>
        new($"parts[{index}].source: the resource '{uri}' of the MCP server '{server}' could not be read. {reason} Nothing was done; send it again, or without the part.", cause);

    private static string? TextOf(JsonElement source, string name) => source.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>A resource that a prompt names, with its content; null when there is no room for it.</summary>
internal sealed record NamedResource(string Server, string Uri, ServedResult? Content)
{
    /// <summary>Gets what it takes of the room for the files of a prompt.</summary>
    public long Size => Content is null ? 0 : SizeOf(Content);

    /// <summary>Returns the size of a content.</summary>
    public static long SizeOf(ServedResult content) => content.Text.Length + content.Files.Sum(static file => file.Url.Length / 4L * 3);
}
