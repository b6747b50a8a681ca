using System.Text.Json;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Tools.Functions;
using OpenCode.Actors.Sessions.Tools.Outputs;
using OpenCode.Actors.Sessions.Tools.Paths;

namespace OpenCode.Actors.Sessions.Tools.Read;

/// <summary>Gives the content of a file to the model.</summary>
internal sealed class ReadTool(IFileWork work, IPathFacts paths, IFileTree files, IFileStore store, ReadStamps stamps, IOutputFolder outputs) : FileTool(work, paths)
{
    public const string Name = "read";

    // A tool's part is one entry of the journal, and an image is in it as base64.
    private const int MostAttachedBytes = 5 << 20;
    private const int PreviewLines = 20;

    public override bool ChangesFiles => false;

    public override ToolDefinition Definition { get; } = new(
        Name,
        "Reads a file and gives its lines with their numbers, as 'NUMBER: TEXT'. Without offset and limit these are the first 2000 lines or 50 KiB; the last line says whether the file goes on, and where. "
        + "Lines longer than 2000 characters are cut. A folder is listed. Images and PDFs are attached, so that you can look at them; other binary files are refused.",
        JsonElement.Parse("""
            {
              "type": "object",
              "properties": {
                "filePath": { "type": "string", "description": "The file or folder; best an absolute path." },
                "offset": { "type": "integer", "minimum": 0, "description": "The number of the first line to read, from 1." },
                "limit": { "type": "integer", "minimum": 0, "description": "How many lines to read." }
              },
              "required": ["filePath"]
            }
            """));

    protected override IReadOnlyList<ToolPermission> Needs(ToolInput input, ToolLocation location) =>
        PathPermissions.Of(Name, ToolPath.Of(input.Text("filePath"), location), location, ToolPermission.Nothing, outputs.Path);

    protected override ToolOutcome Run(ToolInput input, ToolContext context, ToolLocation location, CancellationToken cancellationToken)
    {
        var path = ToolPath.Of(input.Text("filePath"), location);
        var limit = input.OptionalNumber("limit", 0) is > 0 and var wanted ? Math.Min(wanted, NumberedText.MostLines) : NumberedText.MostLines;
        if (store.Find(path.Real) is { } stamp)
            stamps.Note(context.SessionId, path.Real, stamp);
        else
            stamps.Forget(context.SessionId, path.Real);
        if (files.Look(path.Real) == EntryKind.Missing)
            throw new ToolRefusedException(NotFound.Describe(files, path.Named));

        var title = path.In(location);
        return FileReader.Read(files, path.Real, Math.Max(1, input.OptionalNumber("offset", 0) ?? 1), limit, cancellationToken) switch
        {
            TextRead { Text: var text } read => Outcome(title, read.Told, Preview(text), text.HasMore),
            FolderRead { Listing: var listing } read => Outcome(title, read.Told, listing.Lines, listing.HasMore),
            MediaRead media => Attach(title, media),
            var failed => throw new ToolRefusedException(failed.Told),
        };
    }

    private static ToolOutcome Attach(string title, MediaRead media)
    {
        if (media.Data.Length > MostAttachedBytes)
            throw new ToolRefusedException($"The file {media.Path} ({media.MimeType}) has {media.Data.Length} bytes. Files of up to {MostAttachedBytes >> 20} MiB are attached: make it smaller.");

        var url = $"data:{media.MimeType};base64,{Convert.ToBase64String(media.Data)}";
        return Outcome(title, media.Told, media.Told, truncated: false) with { Files = [new ToolFile(media.MimeType, Path.GetFileName(media.Path), url)] };
    }

    private static ToolOutcome Outcome(string title, string told, string preview, bool truncated) =>
        new(title, told, JsonSerializer.SerializeToElement(new ReadMetadata(preview, truncated, []), ReadJson.Default.ReadMetadata));

    private static string Preview(NumberedText text) =>
        string.Join('\n', text.Lines.Split('\n').Take(PreviewLines).Select(static line => line[(line.IndexOf(": ", StringComparison.Ordinal) is >= 0 and var colon ? colon + 2 : 0)..])).TrimEnd('\n');
}
