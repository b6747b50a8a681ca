using System.Text.Json;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Sessions.Instructions;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Tools.Functions;
using OpenCode.Actors.Sessions.Tools.Paths;
using OpenCode.Actors.Sessions.Tools.Search;

namespace OpenCode.Actors.Sessions.Tools.List;

/// <summary>Lists the entries of a folder and of the folders in it.</summary>
internal sealed class ListTool(IFileWork work, IPathFacts paths, IFileTree files) : FileTool(work, paths)
{
    public const string Name = "list";

    private const int Depth = 3;

    public override bool ChangesFiles => false;

    public override ToolDefinition Definition { get; } = new(
        Name,
        "Shows the files and folders of a folder as a tree, three levels deep and in short, without what .gitignore leaves out. Use glob or grep when you know what you look for.",
        JsonElement.Parse("""
            {
              "type": "object",
              "properties": {
                "path": { "type": "string", "description": "The folder; the working directory when left out." }
              }
            }
            """));

    protected override IReadOnlyList<ToolPermission> Needs(ToolInput input, ToolLocation location) =>
        PathPermissions.Of(Name, ToolPath.Of(input.OptionalText("path") ?? location.Directory, location), location, ToolPermission.Nothing);

    protected override ToolOutcome Run(ToolInput input, ToolContext context, ToolLocation location, CancellationToken cancellationToken)
    {
        var folder = ToolPath.Of(input.OptionalText("path") ?? location.Directory, location);
        if (files.Look(folder.Real) != EntryKind.Folder)
            throw new ToolRefusedException($"There is no folder {folder.Named}. Give one that exists, or leave 'path' out.");

        var tree = new ProjectTree(files, cancellationToken).Draw(folder.Real, Depth);
        var metadata = new CountMetadata(tree.AsSpan().Count('\n'), tree.Contains("… ", StringComparison.Ordinal));
        return new ToolOutcome(folder.In(location), $"{folder.Real}/\n{(tree.Length == 0 ? "(empty)" : tree)}", JsonSerializer.SerializeToElement(metadata, SearchJson.Default.CountMetadata));
    }
}
