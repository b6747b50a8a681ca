using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using OpenCode.Actors.Protocol.Events;

namespace OpenCode.Actors.Server.Publishing;

/// <summary>The events that clients may publish for terminals, checked field by field. Unknown fields are left out.</summary>
internal static class TuiEvents
{
    public const string ToastShow = EventTypes.ToastShown;
    public const string PromptAppend = "tui.prompt.append";
    public const string CommandExecute = "tui.command.execute";
    public const string SessionSelect = "tui.session.select";

    private const int DefaultToastMs = 5_000;

    /// <summary>Makes the properties of the event as they are sent.</summary>
    /// <param name="type">The type the client gave.</param>
    /// <param name="given">The properties the client gave.</param>
    /// <param name="json">The properties as they are sent.</param>
    /// <param name="mistake">What is wrong with what the client gave.</param>
    public static bool TryMake(string type, JsonElement given, out ReadOnlyMemory<byte> json, [NotNullWhen(false)] out string? mistake)
    {
        json = default;
        mistake = given.ValueKind != JsonValueKind.Object ? "Give an object\n  at [\"properties\"]" : type switch
        {
            ToastShow => Toast(given, out json),
            PromptAppend => OneText(given, "text", out json),
            CommandExecute => OneText(given, "command", out json),
            SessionSelect => OneText(given, "sessionID", out json),
            _ => $"Unknown type '{type}': give {ToastShow}, {PromptAppend}, {CommandExecute} or {SessionSelect}\n  at [\"type\"]",
        };
        return mistake is null;
    }

    private static string? Toast(JsonElement given, out ReadOnlyMemory<byte> json)
    {
        json = default;
        var title = Text(given, "title");
        var duration = DefaultToastMs;
        if (Text(given, "message") is not { } message)
            return Wrong("message", "a string");

        var variant = Text(given, "variant");
        if (variant is not ("info" or "success" or "warning" or "error"))
            return Wrong("variant", "info, success, warning or error");

        if (given.TryGetProperty("title", out var t) && title is null && t.ValueKind != JsonValueKind.Null)
            return Wrong("title", "a string");

        if (given.TryGetProperty("duration", out var d) && (d.ValueKind != JsonValueKind.Number || !d.TryGetInt32(out duration) || duration <= 0))
            return Wrong("duration", "a whole number of milliseconds above 0");

        json = Write(writer =>
        {
            if (title is not null)
                writer.WriteString("title"u8, title);

            writer.WriteString("message"u8, message);
            writer.WriteString("variant"u8, variant);
            writer.WriteNumber("duration"u8, duration);
        });
        return null;
    }

    private static string? OneText(JsonElement given, string key, out ReadOnlyMemory<byte> json)
    {
        json = default;
        if (Text(given, key) is not { } text)
            return Wrong(key, "a string");

        json = Write(writer => writer.WriteString(key, text));
        return null;
    }

    private static string? Text(JsonElement given, string key) =>
        given.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Wrong(string key, string expected) => $"Give {expected}\n  at [\"properties\"][\"{key}\"]";

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> fields)
    {
        var bytes = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            fields(writer);
            writer.WriteEndObject();
        }

        // A copy of its own length: the log keeps it for long, and the writer's buffer is several times as large.
        return bytes.WrittenSpan.ToArray();
    }
}
