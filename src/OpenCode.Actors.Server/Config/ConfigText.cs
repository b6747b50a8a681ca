using System.Text.Json;
using System.Text.Json.Nodes;

namespace OpenCode.Actors.Server.Config;

/// <summary>Turns the text of one <c>opencode.json</c> into a JSON object: comments and trailing commas allowed, order kept.</summary>
internal static class ConfigText
{
    private static readonly JsonDocumentOptions _lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
    };

    /// <summary>Parses any value.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static JsonNode? ParseAny(string text) => JsonNode.Parse(text, nodeOptions: null, _lenient);

    /// <summary>Parses the text. Returns null and adds a mistake when it is no JSON object.</summary>
    public static JsonObject? Parse(string text, string source, ICollection<ConfigMistake> mistakes)
    {
        try
        {
            if (ParseAny(text) is JsonObject json)
                return json;

            mistakes.Add(new ConfigMistake(source, "", "is not a JSON object: begin it with { and end it with }."));
        }
        catch (JsonException e)
        {
            mistakes.Add(new ConfigMistake(source, "", $"is not valid JSON: {e.Message}"));
        }

        return null;
    }
}
