using System.Text.Json.Nodes;

namespace OpenCode.Actors.Server.Config;

/// <summary>Makes a layer of a Markdown file, as if it were an <c>opencode.json</c>.</summary>
internal static class MarkdownLayer
{
    /// <summary>Makes the layer.</summary>
    /// <param name="kind"><c>agent</c>, <c>mode</c> or <c>command</c>.</param>
    /// <param name="path">The path below the folder of its kind, without the ending.</param>
    /// <param name="head">What its YAML says.</param>
    /// <param name="body">The text.</param>
    public static JsonObject Of(string kind, string path, JsonObject head, string body)
    {
        var name = head["name"] is JsonValue value && value.TryGetValue(out string? given) ? given : path;
        head.Remove("name");
        head[kind == "command" ? "template" : "prompt"] = body;
        if (kind == "mode")
            head["mode"] = "primary";

        return new JsonObject { [kind == "command" ? kind : "agent"] = new JsonObject { [name] = head } };
    }
}
