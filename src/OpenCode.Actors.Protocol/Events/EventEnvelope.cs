using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace OpenCode.Actors.Protocol.Events;

/// <summary>Writes events as the streams carry them: one line of JSON around properties that were encoded once.</summary>
public static class EventEnvelope
{
    // The only version of each durable type that we send.
    private const int Version = 1;

    // Properties were encoded by us, or compacted from a client's body: not read again for every frame.
    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Writes <c>{id,type,properties}</c>, as on <c>/event</c>.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="eventId">The event's id, in UTF-8.</param>
    /// <param name="type">The event's type.</param>
    /// <param name="properties">One line of UTF-8 JSON: an object.</param>
    public static void WriteBare(IBufferWriter<byte> output, ReadOnlySpan<byte> eventId, string type, ReadOnlySpan<byte> properties)
    {
        using var writer = new Utf8JsonWriter(output, _options);
        WritePayload(writer, eventId, type, properties);
    }

    /// <summary>Writes <c>{directory?,project?,payload:{id,type,properties}}</c>, as on <c>/global/event</c>.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="directory">The location; null for events of the server.</param>
    /// <param name="project">The project id, if there is one.</param>
    /// <param name="eventId">The event's id, in UTF-8.</param>
    /// <param name="type">The event's type.</param>
    /// <param name="properties">One line of UTF-8 JSON: an object.</param>
    public static void WriteWrapped(
        IBufferWriter<byte> output, string? directory, string? project, ReadOnlySpan<byte> eventId, string type, ReadOnlySpan<byte> properties)
    {
        using var writer = new Utf8JsonWriter(output, _options);
        WriteWrapperStart(writer, directory, project);
        WritePayload(writer, eventId, type, properties);
        writer.WriteEndObject();
    }

    /// <summary>Writes the twin that follows each durable event on <c>/global/event</c> (rule "Twin ids").</summary>
    /// <param name="output">Where to.</param>
    /// <param name="directory">The location.</param>
    /// <param name="project">The project id, if there is one.</param>
    /// <param name="eventId">The event's id in UTF-8, the same as the first frame's.</param>
    /// <param name="type">The event's type, without a version.</param>
    /// <param name="sequence">The event's number in its session, from 0 without gaps.</param>
    /// <param name="aggregateId">The session.</param>
    /// <param name="properties">One line of UTF-8 JSON: an object.</param>
    public static void WriteSync(
        IBufferWriter<byte> output,
        string? directory,
        string? project,
        ReadOnlySpan<byte> eventId,
        string type,
        long sequence,
        string aggregateId,
        ReadOnlySpan<byte> properties)
    {
        using var writer = new Utf8JsonWriter(output, _options);
        WriteWrapperStart(writer, directory, project);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "sync"u8);
        writer.WriteString("id"u8, eventId);
        writer.WriteStartObject("syncEvent"u8);
        writer.WriteString("id"u8, eventId);
        writer.WriteString("type"u8, string.Create(CultureInfo.InvariantCulture, $"{type}.{Version}"));
        writer.WriteNumber("seq"u8, sequence);
        writer.WriteString("aggregateID"u8, aggregateId);
        writer.WritePropertyName("data"u8);
        writer.WriteRawValue(properties, skipInputValidation: true);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteWrapperStart(Utf8JsonWriter writer, string? directory, string? project)
    {
        writer.WriteStartObject();
        if (directory is not null)
            writer.WriteString("directory"u8, directory);
        if (project is not null)
            writer.WriteString("project"u8, project);
        writer.WritePropertyName("payload"u8);
    }

    private static void WritePayload(Utf8JsonWriter writer, ReadOnlySpan<byte> eventId, string type, ReadOnlySpan<byte> properties)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, eventId);
        writer.WriteString("type"u8, type);
        writer.WritePropertyName("properties"u8);
        writer.WriteRawValue(properties, skipInputValidation: true);
        writer.WriteEndObject();
    }
}
