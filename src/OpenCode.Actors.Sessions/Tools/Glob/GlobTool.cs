using System.Text.Json;
using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Tools.Functions;
using OpenCode.Actors.Sessions.Tools.Paths;
using OpenCode.Actors.Sessions.Tools.Search;

namespace OpenCode.Actors.Sessions.Tools.Glob;

/// <summary>Finds files by their path.</summary>
internal sealed class GlobTool(IFileWork work, IPathFacts paths, IFileTree files, IFileStore store) : FileTool(work, paths)
{
    public const string Name = "glob";

    private const int MostShown = 100;

    public override bool ChangesFiles => false;

    public override ToolDefinition Definition { get; } = new(
        Name,
        "Finds files by their path, such as '**/*.cs' or 'src/**/*.{ts,tsx}', and gives the 100 that were changed last, newest first. A pattern without a slash is about names in any folder. What .gitignore leaves out is left out.",
        JsonElement.Parse("""
            {
              "type": "object",
              "properties": {
                "pattern": { "type": "string", "description": "The pattern of the paths." },
                "path": { "type": "string", "description": "The folder to look in; the working directory when left out." }
              },
              "required": ["pattern"]
            }
            """));

    protected override IReadOnlyList<ToolPermission> Needs(ToolInput input, ToolLocation location) =>
        SearchPermissions.Of(Name, input.Text("pattern"), input.OptionalText("path"), location);

    protected override ToolOutcome Run(ToolInput input, ToolContext context, ToolLocation location, CancellationToken cancellationToken)
    {
        var folder = ToolPath.Of(input.OptionalText("path") ?? location.Directory, location);
        if (files.Look(folder.Real) != EntryKind.Folder)
            throw new ToolRefusedException($"There is no folder {folder.Named} to look in. Give one that exists, or leave 'path' out.");

        var search = new FileSearch(files, store, cancellationToken);
        var found = search.Find(folder.Real, new GlobPattern(input.Text("pattern")), location.Base);
        var isCut = search.IsCut || found.Count > MostShown;
        var lines = found.Take(MostShown).ToList();
        if (found.Count == 0)
            lines.Add("No file fits the pattern.");
        if (isCut)
            lines.Add($"\n(These are {Math.Min(found.Count, MostShown)} of {(search.IsCut ? "more than " : "")}{found.Count} files. Give a narrower path or pattern to see others.)");

        return new ToolOutcome(folder.In(location), string.Join('\n', lines), JsonSerializer.SerializeToElement(new CountMetadata(Math.Min(found.Count, MostShown), isCut), SearchJson.Default.CountMetadata));
    }
}
