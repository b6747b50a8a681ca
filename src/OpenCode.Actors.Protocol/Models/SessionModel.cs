using System.Text.Json.Serialization;

namespace OpenCode.Actors.Protocol.Models;

/// <summary>A model as sessions name it: <c>{id, providerID, variant?}</c>. Messages spell it differently, see <see cref="ModelRef"/>.</summary>
/// <param name="Id">The model's id at its provider.</param>
/// <param name="ProviderId">The provider.</param>
/// <param name="Variant">A variant of the model, such as an effort.</param>
public sealed record SessionModel(string Id, [property: JsonPropertyName("providerID")] string ProviderId, string? Variant = null)
{
    /// <summary>Spells the same model as messages do.</summary>
    /// <returns>The model.</returns>
    public ModelRef ToModelRef() => new(ProviderId, Id, Variant);
}
