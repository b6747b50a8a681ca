using System.Text.Json;
using System.Text.Json.Nodes;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Sessions.Structured;

/// <summary>The tool by which a model gives structured output: its input is the answer. It has no actor: it does nothing.</summary>
internal static class StructuredOutputTool
{
    public const string Name = "StructuredOutput";

    public const string Title = "Structured Output";

    /// <summary>What the model reads as the output of its call.</summary>
    public const string Output = "This is the answer. The turn ends with it.";

    /// <summary>What the system prompt says of it.</summary>
    public const string Notice =
        $"""
        # The form of your answer
        The user's program reads your answer by a schema. Give it by one call of the tool {Name}, as your last act; a text is no answer to this message.
        """;

    /// <summary>Gets the metadata of a call, as in opencode.</summary>
    public static JsonElement Metadata { get; } = JsonElement.Parse("""{"valid":true}""");

    /// <summary>Describes the tool for a schema. Providers want the type named, and do not know <c>$schema</c>.</summary>
    public static ToolDefinition DefinitionFor(JsonElement schema)
    {
        var input = JsonObject.Create(schema)!;
        input.Remove("$schema");
        if (!input.ContainsKey("type"))
            input["type"] = "object";
        return new ToolDefinition(
            Name,
            "Give the final answer in the form that the user's program reads: the input is the answer. First do all that the answer needs, with the other tools. The turn ends with this call, so make it once.",
            JsonElement.Parse(input.ToJsonString()));
    }
}
