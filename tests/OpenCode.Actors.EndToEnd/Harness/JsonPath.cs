using System.Text.Json;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>Reading deep into JSON without ceremony.</summary>
internal static class JsonPath
{
    /// <summary>Follows property names; <see langword="null"/> where one is missing.</summary>
    public static JsonElement? At(this JsonElement element, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                return null;
        }

        return element;
    }

    public static string? Text(this JsonElement element, params ReadOnlySpan<string> names) =>
        element.At(names) is { ValueKind: JsonValueKind.String } found ? found.GetString() : null;

    public static bool Has(this JsonElement element, params ReadOnlySpan<string> names) =>
        element.At(names) is { ValueKind: not JsonValueKind.Null };
}
