using System.Text.Json;
using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Sessions.Questions;

/// <summary>The tool with which a model asks its user. It has no actor: a question is state of the session, and nothing runs while it waits.</summary>
internal static class QuestionTool
{
    public const string Name = "question";

    /// <summary>Gets the description for the model.</summary>
    public static ToolDefinition Definition { get; } = new(
        Name,
        "Ask the user one or more questions, each with answers to choose from, and wait for what they say.",
        JsonElement.Parse("""
            {
              "type": "object",
              "properties": {
                "questions": {
                  "type": "array",
                  "minItems": 1,
                  "items": {
                    "type": "object",
                    "properties": {
                      "question": { "type": "string", "description": "The whole question." },
                      "header": { "type": "string", "description": "One or two words that stand for it." },
                      "multiple": { "type": "boolean", "description": "Whether several answers may be chosen." },
                      "options": {
                        "type": "array",
                        "items": {
                          "type": "object",
                          "properties": {
                            "label": { "type": "string", "description": "The answer in a few words." },
                            "description": { "type": "string", "description": "What choosing it means." }
                          },
                          "required": ["label", "description"]
                        }
                      }
                    },
                    "required": ["question", "header", "options"]
                  }
                }
              },
              "required": ["questions"]
            }
            """));

    /// <summary>Reads the questions of a call.</summary>
    /// <param name="input">The call's input.</param>
    /// <param name="mistake">What is wrong with it, for the model to read.</param>
    /// <returns>The questions; null when the input is not as the definition says.</returns>
    public static IReadOnlyList<QuestionInfo>? Read(JsonElement input, out string mistake)
    {
        mistake = "";
        try
        {
            if (input.Deserialize(QuestionJson.Default.QuestionInput) is { Questions.Count: > 0 } read)
                return read.Questions;
            mistake = "'questions' needs at least one question.";
        }
        catch (JsonException e)
        {
            mistake = $"The input of '{Name}' is not as described: {e.Message}";
        }

        return null;
    }

    /// <summary>Says the answers to the model.</summary>
    public static string Render(IReadOnlyList<QuestionInfo> questions, IReadOnlyList<IReadOnlyList<string>> answers) =>
        "The user answered: " + string.Join("; ", questions.Select((question, i) =>
            $"\"{question.Question}\" = \"{(i < answers.Count && answers[i].Count > 0 ? string.Join(", ", answers[i]) : "no answer")}\"")) + ".";

    /// <summary>Makes the metadata of the completed part.</summary>
    public static JsonElement Metadata(IReadOnlyList<IReadOnlyList<string>> answers) =>
        JsonSerializer.SerializeToElement(new QuestionMetadata(answers, Truncated: false), QuestionJson.Default.QuestionMetadata);
}

/// <summary>The input of the tool.</summary>
internal sealed record QuestionInput(IReadOnlyList<QuestionInfo> Questions);

/// <summary>The metadata of its completed part.</summary>
internal sealed record QuestionMetadata(IReadOnlyList<IReadOnlyList<string>> Answers, bool Truncated);

/// <summary>JSON of the tool.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(QuestionInput))]
[JsonSerializable(typeof(QuestionMetadata))]
internal sealed partial class QuestionJson : JsonSerializerContext;
