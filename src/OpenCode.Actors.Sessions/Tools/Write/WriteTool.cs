using System.Text.Json;
using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Tools.Changes;
using OpenCode.Actors.Sessions.Tools.Functions;
using OpenCode.Actors.Sessions.Tools.Paths;

namespace OpenCode.Actors.Sessions.Tools.Write;

/// <summary>Writes a whole file.</summary>
internal sealed class WriteTool(IFileWork work, IPathFacts paths, FileChanges changes) : FileTool(work, paths)
{
    public const string Name = "write";

    public override bool ChangesFiles => true;

    public override ToolDefinition Definition { get; } = new(
        Name,
        "Writes a file: makes it, with the folders it needs, or replaces all that it holds. Use edit to change a part of a file. A file that something else changed after you last read it is not replaced; read it again first.",
        JsonElement.Parse("""
            {
              "type": "object",
              "properties": {
                "content": { "type": "string", "description": "All that the file is to hold." },
                "filePath": { "type": "string", "description": "The file; best an absolute path." }
              },
              "required": ["content", "filePath"]
            }
            """));

    protected override IReadOnlyList<ToolPermission> Needs(ToolInput input, ToolLocation location)
    {
        var path = ToolPath.Of(input.Text("filePath"), location);
        var content = input.TextOrEmpty("content");
        return changes.Needs(path, location, ("", content), before => TextOf(content, before));
    }

    protected override ToolOutcome Run(ToolInput input, ToolContext context, ToolLocation location, CancellationToken cancellationToken)
    {
        var path = ToolPath.Of(input.Text("filePath"), location);
        var content = input.TextOrEmpty("content");
        var (change, existed) = changes.Change(context.SessionId, path.Real, before => TextOf(content, before), cancellationToken);
        var lines = content.Length == 0 ? 0 : content.AsSpan().Count('\n') + (content.EndsWith('\n') ? 0 : 1);
        return new ToolOutcome(path.In(location), $"{(existed ? "Replaced" : "Made")} the file {path.Real}: {lines} {(lines == 1 ? "line" : "lines")}.", change.WriteMetadata(existed)) { Edited = [path.Real] };
    }

    private static string TextOf(string content, FileText? before) => before is null ? content : before.WithLineEnds(content);
}
