using System.Text.Json.Serialization;

namespace OpenCode.Actors.Protocol.Ids;

/// <summary>Names an event. It promises no order: the position in the log does.</summary>
/// <param name="Value">The whole text, prefix included.</param>
[JsonConverter(typeof(IdConverter<EventId>))]
public readonly record struct EventId(string Value) : IId<EventId>
{
    /// <inheritdoc/>
    public static string Prefix => "evt";

    /// <inheritdoc/>
    public static EventId From(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
