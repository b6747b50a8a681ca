using System.Collections.ObjectModel;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OpenCode.Actors.Sessions.Models;

/// <summary>JSON objects of options, which are merged by their keys.</summary>
public static class JsonObjects
{
    /// <summary>Gets the object without members.</summary>
    public static IReadOnlyDictionary<string, JsonElement> Empty { get; } = ReadOnlyDictionary<string, JsonElement>.Empty;

    /// <summary>Puts members of <paramref name="over"/> in the place of those of <paramref name="under"/>; objects that both have are merged in the same way.</summary>
    /// <param name="under">The lower object.</param>
    /// <param name="over">The upper object, whose members win.</param>
    public static IReadOnlyDictionary<string, JsonElement> Merge(IReadOnlyDictionary<string, JsonElement> under, IReadOnlyDictionary<string, JsonElement> over)
    {
        ArgumentNullException.ThrowIfNull(under);
        ArgumentNullException.ThrowIfNull(over);
        if (under.Count == 0 || over.Count == 0)
            return under.Count == 0 ? over : under;

        var merged = new Dictionary<string, JsonElement>(under, StringComparer.Ordinal);
        foreach (var (name, value) in over)
            merged[name] = merged.TryGetValue(name, out var old) ? Merge(old, value) : value;
        return merged;
    }

    /// <summary>Returns the members of an object.</summary>
    /// <param name="json">The object.</param>
    public static IReadOnlyDictionary<string, JsonElement> Of(JsonElement json) =>
        json.EnumerateObject().ToDictionary(static member => member.Name, static member => member.Value, StringComparer.Ordinal);

    private static JsonElement Merge(JsonElement under, JsonElement over)
    {
        if (under.ValueKind != JsonValueKind.Object || over.ValueKind != JsonValueKind.Object)
            return over;

        var merged = new JsonObject();
        foreach (var member in under.EnumerateObject())
            merged[member.Name] = JsonNode.Parse(member.Value.GetRawText());
        foreach (var member in over.EnumerateObject())
            merged[member.Name] = JsonNode.Parse((under.TryGetProperty(member.Name, out var old) ? Merge(old, member.Value) : member.Value).GetRawText());
        return JsonElement.Parse(merged.ToJsonString());
    }
}
