using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace OpenCode.Actors.Protocol.Ids;

/// <summary>Names a request for answers of the user.</summary>
/// <param name="Value">The whole text, prefix included. Texts from outside go through <see cref="TryParse(string?, out QuestionId)"/>.</param>
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
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out QuestionId result) => IdText.TryParse(s, out result);

    /// <summary>Reads an id that is known to be one.</summary>
    /// <param name="text">The whole text, prefix included.</param>
    /// <returns>The id.</returns>
    /// <exception cref="FormatException">The text is no id of this kind.</exception>
    public static QuestionId Parse(string text) => IdText.Parse<QuestionId>(text);

    /// <inheritdoc/>
    public static QuestionId Parse(string s, IFormatProvider? provider) => IdText.Parse<QuestionId>(s);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
