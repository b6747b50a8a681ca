using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OpenCode.Actors.Server.Config;

/// <summary>Options of agents and models as clients may see them: without keys named like secrets, and without texts from variables or other files (rule "Secrets stay in the server").</summary>
internal static class PublicOptions
{
    private static readonly FrozenSet<string> _hidden = FrozenSet.Create(StringComparer.Ordinal, "key", "token", "secret", "password", "authorization", "headers", "credential", "cookie");

    /// <summary>Returns the options without secrets.</summary>
    /// <param name="options">The options.</param>
    /// <param name="referenced">The texts that came from variables and files.</param>
    public static IReadOnlyDictionary<string, JsonElement> Of(IReadOnlyDictionary<string, JsonElement> options, IReadOnlySet<string> referenced)
    {
        var shown = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var (name, value) in options)
        {
            if (Shown(name, JsonNode.Parse(value.GetRawText()), referenced) is var (isShown, node) && isShown)
                shown[name] = JsonElement.Parse(node?.ToJsonString() ?? "null");
        }

        return shown;
    }

    // Numbers and flags are no secrets: thinking.budgetTokens is shown.
    private static (bool IsShown, JsonNode? Node) Shown(string name, JsonNode? value, IReadOnlySet<string> referenced) => value switch
    {
        null => (true, null),
        JsonValue plain when plain.GetValueKind() == JsonValueKind.String => (!IsHidden(name) && !referenced.Contains(plain.GetValue<string>()), plain.DeepClone()),
        JsonValue plain => (true, plain.DeepClone()),
        _ when IsHidden(name) => (false, null),
        JsonArray list => (true, new JsonArray([.. list.Select(entry => Shown("", entry, referenced)).Where(static entry => entry.IsShown).Select(static entry => entry.Node)])),
        _ => (true, new JsonObject(value.AsObject().Select(pair => (pair.Key, Inner: Shown(pair.Key, pair.Value, referenced))).Where(static pair => pair.Inner.IsShown)
            .Select(static pair => KeyValuePair.Create(pair.Key, pair.Inner.Node)))),
    };

    private static bool IsHidden(string name)
    {
        var plain = name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
        return _hidden.Any(word => plain.Contains(word, StringComparison.Ordinal));
    }
}
