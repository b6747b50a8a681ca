using ModelContextProtocol.Protocol;
using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Servers;

namespace OpenCode.Actors.Models.Mcp;

/// <summary>Reads the result of a call, a prompt, a resource: joins texts, passes images and PDFs on, and describes the rest in words.</summary>
internal static class McpContent
{
    // A tool's part is one entry of the journal, and its files are in it as base64.
    private const int MostAttachedBytes = 5 << 20;

    /// <summary>Reads a result.</summary>
    public static ServedResult Read(CallToolResult result)
    {
        var read = Read(result.Content, "\n\n");

        // Servers with structure give it as text too. One that does not is understood all the same.
        return read is { Text.Length: 0, Files.Count: 0 } && result.StructuredContent is { } structure
            ? new ServedResult(structure.GetRawText(), [], result.IsError == true)
            : read with { IsError = result.IsError == true };
    }

    /// <summary>Reads the content of a resource.</summary>
    public static ServedResult Read(ReadResourceResult result) => Read(result.Contents?.Select(static content => new EmbeddedResourceBlock { Resource = content }), "\n\n");

    /// <summary>Reads a prompt: all its messages become one.</summary>
    public static ServedResult Read(GetPromptResult result) => Read(result.Messages?.Select(static message => message?.Content), "\n");

    private static ServedResult Read(IEnumerable<ContentBlock?>? content, string between)
    {
        var (texts, files, room) = (new List<string>(), new List<ToolFile>(), MostAttachedBytes);
        foreach (var block in (content ?? []).OfType<ContentBlock>())
        {
            switch (block)
            {
                case TextContentBlock text:
                    texts.Add(text.Text);
                    break;
                case ImageContentBlock image:
                    Attach(image.MimeType, "image", image.DecodedData);
                    break;
                case AudioContentBlock audio:
                    Attach(audio.MimeType, "audio", audio.DecodedData);
                    break;
                case EmbeddedResourceBlock { Resource: TextResourceContents resource }:
                    texts.Add(resource.Text);
                    break;
                case EmbeddedResourceBlock { Resource: BlobResourceContents resource }:
                    Attach(resource.MimeType ?? "application/octet-stream", resource.Uri, resource.DecodedData);
                    break;
                case ResourceLinkBlock link:
                    texts.Add($"[Resource {link.Uri}: {link.Title ?? link.Name}{(link.Description is { Length: > 0 } about ? $", {about}" : "")}]");
                    break;
                default:
                    texts.Add($"[Content of the type {block.Type}, which cannot be given here.]");
                    break;
            }
        }

        return new ServedResult(string.Join(between, texts), files, IsError: false);

        void Attach(string? type, string name, ReadOnlyMemory<byte> data)
        {
            if (type is null || !MediaTypes.IsMedia(type) || data.Length > room)
            {
                texts.Add($"[{name}: {type}, {data.Length} bytes, which cannot be given here.]");
                return;
            }

            room -= data.Length;
            files.Add(new ToolFile(type, name, $"data:{type};base64,{Convert.ToBase64String(data.Span)}"));
        }
    }
}
