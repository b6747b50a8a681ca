using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace OpenCode.Actors.Protocol.Ids;

/// <summary>Names a session. Newer ones sort first: the 48 bits of the clock are inverted.</summary>
/// <param name="Value">The whole text, prefix included. Texts from outside go through <see cref="TryParse"/>.</param>
[JsonConverter(typeof(IdConverter<SessionId>))]
public readonly record struct SessionId(string Value) : IId<SessionId>
{
    /// <inheritdoc/>
    public static string Prefix => "ses";

    /// <inheritdoc/>
    public static SessionId From(string value) => new(value);

    /// <summary>Reads an id from outside.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="id">The id, if the text is one.</param>
    /// <returns>Whether the text is an id of this kind.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out SessionId id) => IdText.TryParse(text, out id);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
