using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace OpenCode.Actors.Protocol.Models;

/// <summary>A model as messages and prompts name it: <c>{providerID, modelID, variant?}</c>. Sessions spell it differently, see <see cref="SessionModel"/>.</summary>
/// <param name="ProviderId">The provider.</param>
/// <param name="ModelId">The model's id at its provider.</param>
/// <param name="Variant">A variant of the model, such as an effort.</param>
public sealed record ModelRef(
    [property: JsonPropertyName("providerID")] string ProviderId,
    [property: JsonPropertyName("modelID")] string ModelId,
    string? Variant = null)
{
    /// <summary>Reads <c>provider/model</c>, as configurations and commands have it. A model's id may hold slashes itself: <c>openrouter/vendor/model</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="model">The model; null when a half is missing.</param>
    /// <returns>Whether the text names a model.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ModelRef? model)
    {
        model = text?.Split('/', 2) is [{ Length: > 0 } provider, { Length: > 0 } id] ? new ModelRef(provider, id) : null;
        return model is not null;
    }

    /// <summary>Writes <c>provider/model</c>.</summary>
    /// <returns>The text, without the variant.</returns>
    public override string ToString() => $"{ProviderId}/{ModelId}";
}
