using System.Text.Json;
using System.Text.Json.Nodes;
using OpenCode.Actors.Server.Config;

namespace OpenCode.Actors.Server.Transfer;

/// <summary>The patches of a cluster's configuration, as one line of JSON.</summary>
/// <param name="Format">The version of the line: that of <see cref="SessionLine"/>.</param>
/// <param name="Config">A member for each location.</param>
internal sealed record ConfigLine(int Format, JsonElement Config)
{
    /// <summary>Reads a line, if it is one of these.</summary>
    /// <returns>The line; null when it is none: a session, or no JSON.</returns>
    /// <exception cref="FormatException">It is one that this program does not know, or has mistakes; the message says which.</exception>
    public static ConfigLine? Find(string text)
    {
        ConfigLine? line;
        try
        {
            line = JsonSerializer.Deserialize(text, TransferJson.Default.ConfigLine);
        }
        catch (JsonException)
        {
            return null;
        }

        if (line is null || line.Config.ValueKind == JsonValueKind.Undefined)
            return null;
        SessionLine.CheckFormat(line.Format);

        var mistakes = new List<ConfigMistake>();
        foreach (var (location, patch) in JsonNode.Parse(line.Config.GetRawText()) as JsonObject ?? throw new FormatException("its config has no locations."))
            ConfigSchema.Read(patch as JsonObject ?? throw new FormatException($"its config for '{location}' is no object."), location, mistakes);
        return mistakes.Count == 0 ? line : throw new FormatException($"its config has mistakes: {string.Join(' ', mistakes)}");
    }
}
