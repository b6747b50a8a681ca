using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace OpenCode.Actors.Protocol.Ids;

/// <summary>Names a request for a permission.</summary>
/// <param name="Value">The whole text, prefix included. Texts from outside go through <see cref="TryParse(string?, out PermissionId)"/>.</param>
[JsonConverter(typeof(IdConverter<PermissionId>))]
public readonly record struct PermissionId(string Value) : IId<PermissionId>
{
    /// <inheritdoc/>
    public static string Prefix => "per";

    /// <inheritdoc/>
    public static PermissionId From(string value) => new(value);

    /// <summary>Reads an id from outside.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="id">The id, if the text is one.</param>
    /// <returns>Whether the text is an id of this kind.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out PermissionId id) => IdText.TryParse(text, out id);

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PermissionId result) => IdText.TryParse(s, out result);

    /// <summary>Reads an id that is known to be one.</summary>
    /// <param name="text">The whole text, prefix included.</param>
    /// <returns>The id.</returns>
    /// <exception cref="FormatException">The text is no id of this kind.</exception>
    public static PermissionId Parse(string text) => IdText.Parse<PermissionId>(text);

    /// <inheritdoc/>
    public static PermissionId Parse(string s, IFormatProvider? provider) => IdText.Parse<PermissionId>(s);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
