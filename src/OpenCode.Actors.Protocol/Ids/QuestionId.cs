using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace OpenCode.Actors.Protocol.Ids;

/// <summary>Names a request for answers of the user.</summary>
/// <param name="Value">The whole text, prefix included. Texts from outside go through <see cref="TryParse"/>.</param>
[JsonConverter(typeof(IdConverter<QuestionId>))]
public readonly record struct QuestionId(string Value) : IId<QuestionId>
{
    /// <inheritdoc/>
    public static string Prefix => "que";

    /// <inheritdoc/>
    public static QuestionId From(string value) => new(value);

    /// <summary>Reads an id from outside.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="id">The id, if the text is one.</param>
    /// <returns>Whether the text is an id of this kind.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out QuestionId id) => IdText.TryParse(text, out id);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
