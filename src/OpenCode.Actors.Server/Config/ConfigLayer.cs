using System.Text.Json.Nodes;

namespace OpenCode.Actors.Server.Config;

/// <summary>One layer of the configuration: a file, or the patch of a request.</summary>
/// <param name="Source">The file's path; <c>request</c> for a patch.</param>
/// <param name="Json">What it sets, references replaced.</param>
/// <param name="Unset">Which variable a key named that is not set, by the full key.</param>
internal sealed record ConfigLayer(string Source, JsonObject Json, IReadOnlyDictionary<string, string> Unset)
{
    /// <summary>Gets the variables that it names.</summary>
    public IReadOnlyCollection<string> Variables { get; init; } = [];

    /// <summary>Gets the texts that have something of a variable or of another file in them.</summary>
    public IReadOnlyCollection<string> Referenced { get; init; } = [];

    /// <summary>Merges layers, lowest first.</summary>
    public static JsonObject Merge(IEnumerable<ConfigLayer> layers)
    {
        var merged = new JsonObject();
        foreach (var layer in layers)
            ConfigMerge.MergeInto(layer.Json, merged);

        return merged;
    }

    /// <summary>Whether this layer sets a key, given by its parts.</summary>
    public bool Sets(IEnumerable<string> key)
    {
        JsonNode? node = Json;
        foreach (var part in key)
        {
            if (node is not JsonObject section || !section.TryGetPropertyValue(part, out node))
                return false;
        }

        return true;
    }
}
