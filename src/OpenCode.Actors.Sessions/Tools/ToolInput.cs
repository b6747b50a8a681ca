using System.Text.Json;
using OpenCode.Actors.Protocol.Texts;

namespace OpenCode.Actors.Sessions.Tools;

/// <summary>Reads the input that a model wrote. A mistake is an error that names the tool, the field and what to give instead.</summary>
/// <param name="tool">The tool.</param>
/// <param name="json">The input.</param>
internal readonly struct ToolInput(string tool, JsonElement json)
{
    /// <summary>Returns a required text that is not empty.</summary>
    public string Text(string name) => OptionalText(name) is { Length: > 0 } text ? text : throw Mistake(name, "is missing. Give it as a string");

    /// <summary>Returns a required text, which may be empty.</summary>
    public string TextOrEmpty(string name) => OptionalText(name) ?? throw Mistake(name, "is missing. Give it as a string");

    /// <summary>Returns a text, or null.</summary>
    public string? OptionalText(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { } other => throw Mistake(name, $"is {Short(other)}. Give a string"),
    };

    /// <summary>Returns a whole number from <paramref name="least"/> on, or null.</summary>
    public int? OptionalNumber(string name, int least) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number when number.TryGetDouble(out var value) && value >= least && value == Math.Floor(value) => (int)Math.Min(int.MaxValue, value),
        { } other => throw Mistake(name, $"is {Short(other)}. Give a whole number of {least} or more"),
    };

    /// <summary>Returns a boolean; false when it is left out.</summary>
    public bool Flag(string name) => Find(name) switch
    {
        null or { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.True } => true,
        { } other => throw Mistake(name, $"is {Short(other)}. Give true or false"),
    };

    /// <summary>Makes the error of a field.</summary>
    public ToolRefusedException Mistake(string name, string what) => new($"The input of '{tool}' is not as described: '{name}' {what}. Call it again with the right input.");

    private static string Short(JsonElement value) => TextCut.Start(value.GetRawText(), 40, "…");

    private JsonElement? Find(string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
