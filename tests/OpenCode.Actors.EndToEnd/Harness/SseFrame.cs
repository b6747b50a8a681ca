using System.Text.Json;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>One frame of a stream as it stood on the wire.</summary>
internal sealed class SseFrame(string? id, int? retry, string data)
{
    private JsonElement? _json;

    public string? Id => id;

    /// <summary>Gets the reconnection time, in milliseconds, if the frame sets one.</summary>
    public int? Retry => retry;

    /// <summary>Gets the joined data lines; empty for a frame that only sets <c>id</c> or <c>retry</c>.</summary>
    public string Data => data;

    public JsonElement Json => data.Length == 0 ? default : _json ??= JsonDocument.Parse(data).RootElement;

    /// <summary>Gets the event itself, out of the wrapper of <c>/global/event</c> where there is one.</summary>
    public JsonElement Event => Json.At("payload") ?? Json;

    public string Type => Event.Text("type") ?? string.Empty;

    public JsonElement Properties => Event.At("properties") ?? default;

    public string? EventId => Event.Text("id");

    public string? Session => Event.Text("properties", "sessionID");

    /// <summary>Gets the offset out of the id <c>timeline.generation-offset</c>.</summary>
    public long Offset => Position.OffsetOf(id ?? throw new InvalidDataException($"A frame without id: {data}"));

    /// <summary>Gets a value indicating whether the frame is of the stream itself and not of the log.</summary>
    public bool IsOfTheStream => Type is "" or "server.connected" or "server.heartbeat" or "hub.gap";

    public override string ToString() => $"{id} {(data.Length > 300 ? data[..300] : data)}";
}
