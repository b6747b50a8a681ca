using System.Text.Json;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Tools.Functions;
using OpenCode.Actors.Sessions.Tools.Outputs;
using OpenCode.Actors.Sessions.Tools.Paths;
using OpenCode.Actors.Sessions.Tools.Read;
using OpenCode.Actors.Sessions.Tools.Search;

namespace OpenCode.Actors.Sessions.Tools.Grep;

/// <summary>Finds lines in files.</summary>
internal sealed class GrepTool(IFileWork work, IPathFacts paths, IFileTree files, IFileStore store, IOutputFolder outputs) : FileTool(work, paths)
{
    public const string Name = "grep";

    public override bool ChangesFiles => false;

    public override ToolDefinition Definition { get; } = new(
        Name,
        "Finds the lines of files that a regular expression (.NET's) matches, and gives the first 100 of them with file and number, files changed last first. 'include' says which files are looked at, such as '*.{ts,tsx}'. "
        + "What .gitignore leaves out, binary files and files that you may not read are left out.",
        JsonElement.Parse("""
            {
              "type": "object",
              "properties": {
                "pattern": { "type": "string", "description": "The regular expression; it is matched line by line." },
                "path": { "type": "string", "description": "The folder or the file to look in; the working directory when left out." },
                "include": { "type": "string", "description": "The pattern of the paths to look at." }
              },
              "required": ["pattern"]
            }
            """));

    protected override IReadOnlyList<ToolPermission> Needs(ToolInput input, ToolLocation location) =>
        SearchPermissions.Of(Name, input.Text("pattern"), input.OptionalText("path"), location, outputs.Path);

    protected override ToolOutcome Run(ToolInput input, ToolContext context, ToolLocation location, CancellationToken cancellationToken)
    {
        var pattern = input.Text("pattern");
        var matches = new LineMatches(pattern, cancellationToken);
        var root = ToolPath.Of(input.OptionalText("path") ?? location.Directory, location);
        var search = new FileSearch(files, store, cancellationToken);
        var found = files.Look(root.Real) switch
        {
            EntryKind.Missing => throw new ToolRefusedException($"There is no file or folder {root.Named} to look in. Give one that exists, or leave 'path' out."),
            EntryKind.File => [root.Real],
            _ => search.Find(root.Real, input.OptionalText("include") is { Length: > 0 } include ? new GlobPattern(include) : null, location.Base),
        };
        foreach (var file in found.TakeWhile(_ => !matches.IsFull).Where(file => MayRead(context, location, file)))
            matches.Look(files, file);

        var isCut = matches.IsFull || search.IsCut;
        return new ToolOutcome(pattern, matches.Render(isCut), JsonSerializer.SerializeToElement(new MatchesMetadata(matches.Count, isCut), SearchJson.Default.MatchesMetadata));
    }

    // A file that read would have to ask for is not read by another name.
    private static bool MayRead(ToolContext context, ToolLocation location, string file) =>
        context.Rules.Evaluate(PathPermissions.ToDo(ReadTool.Name, new ToolPath(file, file), location, ToolPermission.Nothing)) == PermissionAction.Allow;
}
