using System.Text.Json.Nodes;

namespace OpenCode.Actors.Server.Config;

/// <summary>Lays one configuration over another: objects are joined key by key, everything else is replaced.</summary>
internal static class ConfigMerge
{
    /// <summary>Returns a new object. A key that both have keeps the place it has below, as in opencode, which matters for rules.</summary>
    public static JsonObject Over(JsonObject below, JsonObject above)
    {
        var merged = (JsonObject)below.DeepClone();
        foreach (var (key, value) in above)
            merged[key] = value is JsonObject object1 && merged[key] is JsonObject object0 ? Over(object0, object1) : value?.DeepClone();

        return merged;
    }
}
