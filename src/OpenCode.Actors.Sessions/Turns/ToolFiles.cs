using System.Text.Json;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Sessions.History;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Tools.Edit;
using OpenCode.Actors.Sessions.Tools.Write;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>The files that the tools of a step may have changed. What else is changed while they run is the work of others.</summary>
internal static class ToolFiles
{
    /// <summary>Lists their full paths; null when a tool ran that does not say what it changes, such as a command.</summary>
    public static IReadOnlyList<string>? Of(Decision decision, MessageState message)
    {
        var files = new List<string>();
        foreach (var tool in message.Parts.OfType<ToolPart>().Where(tool => Changes.MayBeOf(tool, decision.Setup.Toolbox)))
        {
            if (tool.Tool is not (EditTool.Name or WriteTool.Name))
                return null;
            if (FileOf(tool, decision.Info.Directory) is { } file)
                files.Add(file);
        }

        return files;
    }

    // Of one that failed, or was aborted, nothing says whether it came to the file; the file is as the model named it.
    private static string? FileOf(ToolPart tool, string directory) => tool.State is ToolCompleted { Metadata: var metadata } && Text(Property(metadata, "filediff"), "file") is { } changed ? changed
        : Text(tool.State.Input, "filePath") is { Length: > 0 } named && !named.Contains('\0', StringComparison.Ordinal) ? Path.GetFullPath(named, directory)
        : null;

    private static JsonElement Property(JsonElement element, string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    private static string? Text(JsonElement element, string name) => Property(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}
