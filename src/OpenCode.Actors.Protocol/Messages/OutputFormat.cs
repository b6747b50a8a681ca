using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpenCode.Actors.Protocol.Messages;

/// <summary>The form of the answer to a prompt: text, or an object that a schema describes.</summary>
/// <param name="Type"><c>text</c> or <c>json_schema</c>.</param>
public sealed record OutputFormat(string Type) : IJsonOnDeserialized
{
    // Every event and list of the user message has it, and it crosses nodes in one message.
    private const int MaxSchema = 256 * 1024;

    private const string TextType = "text";
    private const string JsonSchemaType = "json_schema";

    /// <summary>Gets the JSON schema of the object, with <c>json_schema</c>.</summary>
    public JsonElement? Schema { get; init; }

    /// <summary>Gets how often the model is to be asked again. Kept for clients; opencode never asks again, and neither does this server.</summary>
    public int? RetryCount { get; init; }

    /// <summary>Gets a value indicating whether an object is wanted.</summary>
    [JsonIgnore]
    public bool IsStructured => Type == JsonSchemaType;

    void IJsonOnDeserialized.OnDeserialized()
    {
        if (Type == TextType)
            return;

        if (!IsStructured)
            throw new JsonException($"'format.type' is '{Type}'; give '{TextType}' or '{JsonSchemaType}'.");
        if (Schema is not { ValueKind: JsonValueKind.Object } schema)
            throw new JsonException("'format.schema' has to be a JSON schema, an object.");
        if (schema.GetRawText().Length > MaxSchema)
            throw new JsonException($"'format.schema' has {schema.GetRawText().Length} characters; it may have {MaxSchema}.");
        if (schema.EnumerateObject().GroupBy(static member => member.Name, StringComparer.Ordinal).FirstOrDefault(static same => same.Count() > 1) is { } twice)
            throw new JsonException($"'format.schema' has the key '{twice.Key}' twice; give it once.");

        // It becomes the input of a tool, and providers take only objects there.
        if (schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && !type.ValueEquals("object"))
            throw new JsonException($"'format.schema.type' is '{type.GetString()}'; give 'object', and put other values into a property of it.");
        if (RetryCount < 0)
            throw new JsonException("'format.retryCount' is negative; give 0 or more.");
    }
}
