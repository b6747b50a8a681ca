using System.Text.Json;
using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Tools.Changes;
using OpenCode.Actors.Sessions.Tools.Functions;
using OpenCode.Actors.Sessions.Tools.Paths;

namespace OpenCode.Actors.Sessions.Tools.Edit;

/// <summary>Replaces a piece of a file.</summary>
internal sealed class EditTool(IFileWork work, IPathFacts paths, FileChanges changes) : FileTool(work, paths)
{
    public const string Name = "edit";

    public override bool ChangesFiles => true;

    public override ToolDefinition Definition { get; } = new(
        Name,
        "Replaces a piece of a file. 'oldString' has to be in the file once: give whole lines as they are there, without the line numbers that read shows, and as many as make it unique. "
        + "With 'replaceAll' every place is replaced. Spaces at the ends of lines and the depth of the indentation may differ. An empty 'oldString' makes a new file. "
        + "A file that something else changed after you last read it is not changed; read it again first.",
        JsonElement.Parse("""
            {
              "type": "object",
              "properties": {
                "filePath": { "type": "string", "description": "The file; best an absolute path." },
                "oldString": { "type": "string", "description": "The text to replace." },
                "newString": { "type": "string", "description": "The text that takes its place." },
                "replaceAll": { "type": "boolean", "description": "Whether to replace every place; only one is allowed when left out." }
              },
              "required": ["filePath", "oldString", "newString"]
            }
            """));

    protected override IReadOnlyList<ToolPermission> Needs(ToolInput input, ToolLocation location)
    {
        var path = ToolPath.Of(input.Text("filePath"), location);
        var replacement = ReplacementOf(input);
        return changes.Needs(path, location, (replacement.Old, replacement.New), before => replacement.Apply(path.Real, before));
    }

    protected override ToolOutcome Run(ToolInput input, ToolContext context, ToolLocation location, CancellationToken cancellationToken)
    {
        var path = ToolPath.Of(input.Text("filePath"), location);
        var replacement = ReplacementOf(input);
        var (change, _) = changes.Change(context.SessionId, path.Real, before => replacement.Apply(path.Real, before), cancellationToken);
        return new ToolOutcome(path.In(location), $"Changed the file {path.Real}: {change.Additions} lines added, {change.Deletions} removed.", change.EditMetadata()) { Edited = [path.Real] };
    }

    private static Replacement ReplacementOf(ToolInput input) => new(input.TextOrEmpty("oldString"), input.TextOrEmpty("newString"), input.Flag("replaceAll"));
}
