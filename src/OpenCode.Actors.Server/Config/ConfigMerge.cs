using System.Text.Json.Nodes;

namespace OpenCode.Actors.Server.Config;

/// <summary>Merges one configuration into another: objects are merged key by key, everything else is replaced.</summary>
internal static class ConfigMerge
{
    // The one list that layers add to, as in opencode.
    private const string Instructions = "instructions";

    /// <summary>Returns a new object. A key that both have keeps the place it has below, as in opencode, which matters for rules.</summary>
    public static JsonObject Over(JsonObject below, JsonObject above)
    {
        var merged = (JsonObject)below.DeepClone();
        MergeInto(above, merged);
        return merged;
    }

    /// <summary>Changes an object likewise.</summary>
    public static void MergeInto(JsonObject above, JsonObject merged)
    {
        foreach (var (key, value) in above)
        {
            if (merged[key] is JsonObject inner && value is JsonObject given)
                MergeInto(given, inner);
            else if (key == Instructions && merged[key] is JsonArray list && value is JsonArray more)
                merged[key] = new JsonArray([.. list.Concat(more).Select(entry => entry?.DeepClone())]);
            else
                merged[key] = value?.DeepClone();
        }
    }
}
