using System.Text;
using System.Text.Json;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Models.Providers;

/// <summary>Reads members of a provider's JSON. Lenient: members that are missing, null or of another kind are skipped, since servers differ.</summary>
internal static class ProviderJson
{
    private const int LongestName = 64; // OpenAI's; Anthropic's is longer.

    private static readonly JsonDocumentOptions _arguments = new() { AllowDuplicateProperties = false };

    public static JsonElement? Get(JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } e && e.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static string? Text(JsonElement? element, string name) => Get(element, name) is { ValueKind: JsonValueKind.String } value ? JsonText.Read(value) : null;

    public static long Number(JsonElement? element, string name) =>
        Get(element, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var number) && number is >= 0 and < long.MaxValue ? (long)number : 0;

    /// <summary>Reads the arguments of a call. Text that is no JSON, or has a key twice, becomes a string: the call fails with an error that says so, and the model may try again.</summary>
    /// <remarks>Of two values with one key, a tool server may read another than the one that was judged.</remarks>
    public static JsonElement Arguments(string joined)
    {
        var bytes = Encoding.UTF8.GetBytes(joined);
        LoneSurrogates.Replace(bytes, isLast: true);
        var arguments = Encoding.UTF8.GetString(bytes);
        try
        {
            return JsonElement.Parse(string.IsNullOrWhiteSpace(arguments) ? "{}" : arguments, _arguments);
        }
        catch (JsonException)
        {
            return JsonElement.Parse($"\"{JsonEncodedText.Encode(arguments)}\"");
        }
    }

    /// <summary>Returns the arguments of an earlier call as the object that the APIs want, also when the model wrote none.</summary>
    public static JsonElement AsObject(JsonElement arguments) =>
        arguments.ValueKind == JsonValueKind.Object ? arguments : JsonElement.Parse($$"""{"input":{{arguments.GetRawText()}}}""");

    /// <summary>Gives the members of an object; of two with one name the last.</summary>
    public static Dictionary<string, JsonElement> Members(JsonElement json)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in json.EnumerateObject())
            members[member.Name] = member.Value;
        return members;
    }

    /// <summary>Gives the name of an earlier call as the APIs take it: a model may have called a tool that does not exist, and the call stays in the conversation.</summary>
    public static string CalledName(string name)
    {
        var plain = string.Concat(name.Take(LongestName).Select(static sign => char.IsAsciiLetterOrDigit(sign) || sign is '-' or '_' ? sign : '_'));
        return plain.Length > 0 ? plain : "_";
    }

    /// <summary>Makes the text that stands for a file that the model does not take.</summary>
    public static string NotTaken(FileContent file) =>
        $"[The file {file.Filename ?? "without a name"} ({file.MimeType}) is not shown: this model does not take files of that type. Tell the user if it matters.]";
}
