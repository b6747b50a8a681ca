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
    /// <summary>Spells the same model as sessions do.</summary>
    /// <returns>The model.</returns>
    public SessionModel ToSessionModel() => new(ModelId, ProviderId, Variant);
}
