using System.Text;
using System.Text.Json;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Providers;

namespace OpenCode.Actors.EndToEnd.ModelTurns;

/// <summary>What a vendor's API sends for an answer, and where the parts of a request stand in it.</summary>
public abstract class Vendor
{
    public static IReadOnlyDictionary<string, Vendor> All { get; } = new Dictionary<string, Vendor>(StringComparer.Ordinal) { ["openai"] = new OpenAiVendor(), ["anthropic"] = new AnthropicVendor() };

    /// <summary>Gets the package that the configuration names.</summary>
    public abstract string Package { get; }

    /// <summary>Answers the next request with a whole stream, whose usage is 100 tokens in and 20 out.</summary>
    public abstract void Answer(ScriptedProvider provider, params Block[] blocks);

    /// <summary>Returns the events that begin an answer and say a text.</summary>
    public abstract string[] Beginning(string text);

    /// <summary>Returns the body of a refusal.</summary>
    public abstract string Refusal(string message);

    /// <summary>Reads the system prompt.</summary>
    public abstract string System(JsonElement request);

    /// <summary>Reads the images of the last message, as data URLs.</summary>
    public abstract IEnumerable<string> Images(JsonElement request);

    /// <summary>Reads the tools: the name and the schema of each.</summary>
    public abstract IEnumerable<(string Name, JsonElement Schema)> Tools(JsonElement request);

    /// <summary>True if the request demands that a tool is called.</summary>
    public abstract bool DemandsCall(JsonElement request);

    /// <summary>Reads the results of tools: of which call, and what it gave.</summary>
    public abstract IReadOnlyDictionary<string, string> Results(JsonElement request);

    /// <summary>Reads the texts of the last message.</summary>
    public string LastText(JsonElement request) => string.Join('\n', ContentOf(Messages(request)[^1]).Select(static block => block.Text("text")).OfType<string>());

    protected static IReadOnlyList<JsonElement> Messages(JsonElement request) => [.. request.GetProperty("messages").EnumerateArray()];

    /// <summary>Returns the content of a message as blocks: a text alone is one too.</summary>
    protected static IEnumerable<JsonElement> ContentOf(JsonElement message) => message.GetProperty("content") is { ValueKind: JsonValueKind.String } text
        ? [JsonElement.Parse($$"""{"type":"text","text":{{text.GetRawText()}}}""")]
        : message.GetProperty("content").EnumerateArray();

    /// <summary>Writes a text as JSON; half a surrogate pair too, which vendors send where they cut in the middle of a character.</summary>
    protected static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var unit in text)
            quoted.Append(unit is < ' ' or > '~' or '"' or '\\' ? $"\\u{(int)unit:x4}" : unit.ToString());
        return quoted.Append('"').ToString();
    }
}
