using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace OpenCode.Actors.Protocol.Ids;

/// <summary>Names an event. It promises no order: the position in the log does.</summary>
/// <param name="Value">The whole text, prefix included. Texts from outside go through <see cref="TryParse(string?, out EventId)"/>.</param>
[JsonConverter(typeof(IdConverter<EventId>))]
public readonly record struct EventId(string Value) : IId<EventId>
{
    /// <inheritdoc/>
    public static string Prefix => "evt";

    /// <inheritdoc/>
    public static EventId From(string value) => new(value);

    /// <summary>Reads an id from outside.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="id">The id, if the text is one.</param>
    /// <returns>Whether the text is an id of this kind.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out EventId id) => IdText.TryParse(text, out id);

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out EventId result) => IdText.TryParse(s, out result);

    /// <summary>Reads an id that is known to be one.</summary>
    /// <param name="text">The whole text, prefix included.</param>
    /// <returns>The id.</returns>
    /// <exception cref="FormatException">The text is no id of this kind.</exception>
    public static EventId Parse(string text) => IdText.Parse<EventId>(text);

    /// <inheritdoc/>
    public static EventId Parse(string s, IFormatProvider? provider) => IdText.Parse<EventId>(s);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
