using ModelContextProtocol.Protocol;
using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Servers;

namespace OpenCode.Actors.Models.Mcp;

/// <summary>Reads the result of a call: joins texts, passes images and PDFs on, and describes the rest in words.</summary>
internal static class McpContent
{
    // A tool's part is one entry of the journal, and its files are in it as base64.
    private const int MostAttachedBytes = 5 << 20;

    /// <summary>Reads a result.</summary>
    public static ServedResult Read(CallToolResult result)
    {
        var (texts, files, room) = (new List<string>(), new List<ToolFile>(), MostAttachedBytes);
        foreach (var block in result.Content ?? [])
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

        // Servers with structure give it as text too. One that does not is understood all the same.
        if (texts.Count == 0 && files.Count == 0 && result.StructuredContent is { } structure)
            texts.Add(structure.GetRawText());
        return new ServedResult(string.Join("\n\n", texts), files, result.IsError == true);

        void Attach(string type, string name, ReadOnlyMemory<byte> data)
        {
            if (!MediaTypes.IsMedia(type) || data.Length > room)
            {
                texts.Add($"[{name}: {type}, {data.Length} bytes, which cannot be given here.]");
                return;
            }

            room -= data.Length;
            files.Add(new ToolFile(type, name, $"data:{type};base64,{Convert.ToBase64String(data.Span)}"));
        }
    }
}
