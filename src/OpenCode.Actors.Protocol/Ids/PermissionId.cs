using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace OpenCode.Actors.Protocol.Ids;

/// <summary>Names a request for a permission.</summary>
/// <param name="Value">The whole text, prefix included. Texts from outside go through <see cref="TryParse"/>.</param>
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
    public override string ToString() => Value;
}
