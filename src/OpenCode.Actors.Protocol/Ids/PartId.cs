using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace OpenCode.Actors.Protocol.Ids;

/// <summary>Names a part of a message. Ascends within its session: clients sort by it.</summary>
/// <param name="Value">The whole text, prefix included. Texts from outside go through <see cref="TryParse"/>.</param>
[JsonConverter(typeof(IdConverter<PartId>))]
public readonly record struct PartId(string Value) : IId<PartId>
{
    /// <inheritdoc/>
    public static string Prefix => "prt";

    /// <inheritdoc/>
    public static PartId From(string value) => new(value);

    /// <summary>Reads an id from outside.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="id">The id, if the text is one.</param>
    /// <returns>Whether the text is an id of this kind.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out PartId id) => IdText.TryParse(text, out id);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
