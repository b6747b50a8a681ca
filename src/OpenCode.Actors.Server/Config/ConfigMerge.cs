using System.Text.Json.Nodes;

namespace OpenCode.Actors.Server.Config;

/// <summary>Lays one configuration over another: objects are joined key by key, everything else is replaced.</summary>
internal static class ConfigMerge
{
    // The one list that layers add to, as in opencode.
    private const string Instructions = "instructions";

    /// <summary>Returns a new object. A key that both have keeps the place it has below, as in opencode, which matters for rules.</summary>
    public static JsonObject Over(JsonObject below, JsonObject above)
    {
        var merged = (JsonObject)below.DeepClone();
        foreach (var (key, value) in above)
        {
            merged[key] = (merged[key], value) switch
            {
                (JsonObject object0, JsonObject object1) => Over(object0, object1),
                (JsonArray array0, JsonArray array1) when key == Instructions => new JsonArray([.. array0.Concat(array1).Select(entry => entry?.DeepClone())]),
                _ => value?.DeepClone(),
            };
        }

        return merged;
    }
}
