using System.Text.Json;
using System.Text.Json.Nodes;

namespace OpenCode.Actors.Server.Config;

/// <summary>Finds keys at the top of a configuration that ask for something this server does not do, and keys that opencode does not know. The start names them; what restricts is a mistake (<see cref="UnknownKeys"/>).</summary>
internal static class KeysWithoutEffect
{
    private static readonly (string Key, string Reason)[] _notDone =
    [
        ("formatter", "no formatters run here."),
        ("lsp", "no language servers run here."),
        ("plugin", "no plugins run here."),
    ];

    /// <summary>Makes a sentence for each of them, in the order of the files.</summary>
    public static IEnumerable<string> Of(ConfigLayer layer)
    {
        foreach (var (key, reason) in _notDone.Where(one => Asks(layer.Json[one.Key])))
            yield return $"{layer.Source}: {key} has no effect: {reason}";
        if (layer.Json["skills"] is JsonObject skills && Asks(skills["urls"]))
            yield return $"{layer.Source}: skills.urls has no effect: skills are not fetched. Put them into a folder, and name it in skills.paths.";
        foreach (var key in layer.Json.Select(static pair => pair.Key).Where(static key => !UnknownKeys.IsKnown(key)))
            yield return $"{layer.Source}: {key} has no effect: opencode has no such key. See https://opencode.ai/config.json for those it has.";
    }

    private static bool Asks(JsonNode? value) => value switch
    {
        null => false,
        JsonObject section => section.Any(static pair => pair.Value is not JsonObject one || one["disabled"] is not JsonValue disabled || disabled.GetValueKind() != JsonValueKind.True),
        JsonArray list => list.Count > 0,
        _ => value.GetValueKind() != JsonValueKind.False,
    };
}
