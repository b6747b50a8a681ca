using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpenCode.Actors.Protocol.Converters;

/// <summary>Reads a union whose cases are distinguished by one property, wherever in the object it is.</summary>
/// <remarks>
/// Not <see cref="JsonPolymorphicAttribute"/>: that needs a flag of the caller's options for a tag that is not first, answers a missing tag with
/// <see cref="NotSupportedException"/> (a 500 of the endpoint), and cannot keep an unknown case as it came.
/// </remarks>
/// <typeparam name="T">The base of the cases; each case writes the tag as a property of its own.</typeparam>
/// <param name="tag">The name of the property.</param>
/// <param name="cases">Each case: its tag and its type.</param>
internal abstract class TaggedConverter<T>(string tag, params (string Tag, Type Type)[] cases) : JsonConverter<T>, ITaggedUnion
    where T : class
{
    public string Tag => tag;

    public IReadOnlyDictionary<string, Type> Cases { get; } = cases.ToDictionary(static c => c.Tag, static c => c.Type, StringComparer.Ordinal);

    // A null between the elements of a list is refused here: the annotations of a list's elements are not looked at by the serializer.
    public override bool HandleNull => true;

    public sealed override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException($"A {typeof(T).Name} is an object, not {reader.TokenType}.");

        var value = PeekTag(reader) ?? throw new JsonException($"A {typeof(T).Name} needs the text property '{tag}'.");
        return Cases.TryGetValue(value, out var type)
            ? (T)JsonSerializer.Deserialize(ref reader, options.GetTypeInfo(type))!
            : ReadUnknown(ref reader, value);
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, options.GetTypeInfo(value.GetType()));

    /// <summary>Reads a case that is not known; refused unless overridden.</summary>
    protected virtual T ReadUnknown(ref Utf8JsonReader reader, string value) =>
        throw new JsonException($"There is no {typeof(T).Name} with '{tag}' '{value}'.");

    // On a copy: the caller's reader stays at the start of the object. Converters get the whole value buffered, so nothing can be missing.
    private string? PeekTag(Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(tag);
            reader.Read();
            if (found)
                return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;

            reader.TrySkip();
        }

        return null;
    }
}
