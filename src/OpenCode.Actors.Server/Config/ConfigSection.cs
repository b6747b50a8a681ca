using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OpenCode.Actors.Server.Config;

/// <summary>One object of a configuration, read key by key. A wrong value becomes a mistake with its full key and reads as missing.</summary>
internal sealed class ConfigSection(JsonObject json, string path, string source, ICollection<ConfigMistake> mistakes)
{
    /// <summary>Gets the keys in the order of the file.</summary>
    public IEnumerable<string> Keys => json.Select(p => p.Key);

    public JsonNode? this[string key] => json[key];

    public string Full(string key) => path.Length == 0 ? key : $"{path}.{key}";

    public void Wrong(string key, string message) => mistakes.Add(new ConfigMistake(source, Full(key), message));

    public string? Text(string key)
    {
        if (json[key] is not { } node)
            return null;

        if (node is JsonValue value && value.TryGetValue(out string? text))
            return text;

        Wrong(key, "give a string.");
        return null;
    }

    /// <summary>Reads a list of strings; an empty one when there is none.</summary>
    public IReadOnlyList<string> Texts(string key)
    {
        if (json[key] is not { } node)
            return [];

        if (node is JsonArray array && array.All(static entry => entry is JsonValue value && value.TryGetValue(out string? _)))
            return [.. array.Select(static entry => entry!.GetValue<string>())];

        Wrong(key, "give a list of strings.");
        return [];
    }

    public bool? Flag(string key)
    {
        if (json[key] is not { } node)
            return null;

        if (node.GetValueKind() is JsonValueKind.True or JsonValueKind.False)
            return node.GetValueKind() == JsonValueKind.True;

        Wrong(key, "give true or false.");
        return null;
    }

    public double? Number(string key)
    {
        if (json[key] is not { } node)
            return null;

        if (node.GetValueKind() == JsonValueKind.Number && double.TryParse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return number;

        Wrong(key, "give a number.");
        return null;
    }

    /// <summary>Reads a whole number of <paramref name="unit"/> between <paramref name="min"/> and <paramref name="max"/>, both allowed.</summary>
    public long? Whole(string key, long min, long max, string unit)
    {
        if (json[key] is not { } node)
            return null;

        if (node.GetValueKind() == JsonValueKind.Number && long.TryParse(node.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= min && number <= max)
        {
            return number;
        }

        Wrong(key, string.Create(CultureInfo.InvariantCulture, $"give {min} to {max} ({unit})."));
        return null;
    }

    /// <summary>Reads a price: a number of 0 or more.</summary>
    public decimal? Amount(string key)
    {
        if (json[key] is not { } node)
            return null;

        if (node.GetValueKind() == JsonValueKind.Number && decimal.TryParse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var amount) && amount >= 0)
            return amount;

        Wrong(key, "give a number, 0 or more.");
        return null;
    }

    /// <summary>Reads a list of words, each of them one of <paramref name="words"/>.</summary>
    public IReadOnlyList<string>? OneOf(string key, string[] words) => List(key, words.Contains, $"give a list of {string.Join(", ", words)}.");

    public ConfigSection? Section(string key)
    {
        if (json[key] is not { } node)
            return null;

        if (node is JsonObject child)
            return new ConfigSection(child, Full(key), source, mistakes);

        Wrong(key, "give an object.");
        return null;
    }

    private List<string>? List(string key, Func<string, bool> isValid, string mistake)
    {
        if (json[key] is not { } node)
            return null;

        var texts = (node as JsonArray)?.Select(static item => item is JsonValue value && value.TryGetValue(out string? text) ? text : null).ToList();
        if (texts is not null && texts.TrueForAll(text => text is not null && isValid(text)))
            return texts!;

        Wrong(key, mistake);
        return null;
    }
}
