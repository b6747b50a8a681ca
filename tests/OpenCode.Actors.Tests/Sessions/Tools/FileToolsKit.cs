using System.Text.Json;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Changes;
using OpenCode.Actors.Sessions.Tools.Edit;
using OpenCode.Actors.Sessions.Tools.Functions;
using OpenCode.Actors.Sessions.Tools.Glob;
using OpenCode.Actors.Sessions.Tools.Grep;
using OpenCode.Actors.Sessions.Tools.List;
using OpenCode.Actors.Sessions.Tools.Paths;
using OpenCode.Actors.Sessions.Tools.Read;
using OpenCode.Actors.Sessions.Tools.Write;

namespace OpenCode.Actors.Tests.Sessions.Tools;

/// <summary>The tools for files over files in memory, in a project with a folder beside the location.</summary>
public abstract class FileToolsKit
{
    private protected Dictionary<string, FunctionTool> Tools { get; }

    private protected FileToolsKit()
    {
        var stamps = new ReadStamps();
        var changes = new FileChanges(Files, stamps);
        FunctionTool[] tools =
        [
            new ReadTool(Files, Files, Files, Files, stamps, new MemoryOutputs()), new WriteTool(Files, Files, changes), new EditTool(Files, Files, changes),
            new GlobTool(Files, Files, Files, Files), new GrepTool(Files, Files, Files, Files, new MemoryOutputs()), new ListTool(Files, Files, Files),
        ];
        Tools = tools.ToDictionary(static tool => tool.Definition.Name, StringComparer.Ordinal);
        Location = new ToolLocation("/proj/app", "/proj", Files);
        Files["/proj/app/a.txt"] = "one\ntwo\n";
        Files["/proj/lib/b.txt"] = "lib";
        Files["/etc/passwd"] = "root";
    }

    private protected MemoryFiles Files { get; } = new();

    private protected ToolLocation Location { get; }

    private protected RulesInForce Rules { get; set; } = RulesInForce.None;

    private protected static ToolCall Call(string tool, string input) => new("call_1", tool, JsonElement.Parse(input));

    private protected string Needs(string tool, string path)
    {
        var input = JsonSerializer.Serialize(new { filePath = path, path = path.Length == 0 ? null : path, pattern = "P", content = "c", oldString = "o", newString = "n" });
        return string.Join("; ", Tools[tool].NeedsOf(Call(tool, input), Location).Select(static need => $"{need.Permission} {string.Join(", ", need.Patterns)}"));
    }

    private protected Task<ToolOutcome> RunAsync(string tool, string input) => RunAsync(Call(tool, input), Tools[tool].NeedsOf(Call(tool, input), Location));

    private protected async Task<ToolOutcome> RunAsync(ToolCall call, IReadOnlyList<ToolPermission> allowed) => await Tools[call.Name].RunAsync(
        call, new ToolContext(new SessionId("ses_x"), Location.Directory, call.CallId) { Root = Location.Root, Allowed = allowed, Rules = Rules }, CancellationToken.None);
}
