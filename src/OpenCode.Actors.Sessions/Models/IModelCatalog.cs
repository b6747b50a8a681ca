using System.Diagnostics.CodeAnalysis;

namespace OpenCode.Actors.Sessions.Models;

/// <summary>The providers and models this server knows.</summary>
public interface IModelCatalog
{
    /// <summary>Gets the model of a prompt that names none.</summary>
    ResolvedModel Default { get; }

    /// <summary>Gets all providers that are available, in the order of the configuration; the embedded one is last.</summary>
    IReadOnlyList<ProviderInfo> Providers { get; }

    /// <summary>Gets the providers that are not available but would be with a key, with the models that they would have.</summary>
    IReadOnlyList<ProviderInfo> Unconnected => [];

    /// <summary>Gets why the configuration that these models are from cannot be used; null when it can. Prompts are refused with it.</summary>
    string? Fault => null;

    /// <summary>Returns the models of a location, whose own configuration may name others. Must not block.</summary>
    /// <param name="directory">The location.</param>
    /// <returns>The same models everywhere, unless a catalog knows better.</returns>
    IModelCatalog For(string directory) => this;

    /// <summary>Finds the model for what needs no great one: that of the configuration's <c>small_model</c>, or the small one of a provider.</summary>
    /// <param name="providerId">The provider whose models are used otherwise.</param>
    /// <returns>The model; null when there is none.</returns>
    ResolvedModel? SmallFor(string providerId) => null;

    /// <summary>Returns why none of a provider's models is known, though the configuration lists some; null when there is no such provider. Prompts for them are refused with it.</summary>
    /// <param name="providerId">The provider.</param>
    string? FaultOf(string providerId) => null;

    /// <summary>Finds a model by its two names.</summary>
    /// <param name="providerId">The provider, as in <c>opencode.json</c>.</param>
    /// <param name="modelId">The model's id at that provider.</param>
    /// <param name="model">The model, when there is one.</param>
    /// <returns>Whether the provider and the model are known.</returns>
    bool TryResolve(string providerId, string modelId, [NotNullWhen(true)] out ResolvedModel? model);
}

/// <summary>A model with the names it was found by.</summary>
/// <param name="ProviderId">The provider, as in <c>opencode.json</c>.</param>
/// <param name="ModelId">The model's id at that provider, for clients.</param>
/// <param name="Model">The implementation that streams its replies.</param>
public sealed record ResolvedModel(string ProviderId, string ModelId, IChatModel Model)
{
    /// <summary>Gets what it can do and costs.</summary>
    public ModelInfo Info { get; init; } = new(ModelId, ModelId);

    /// <summary>Gets why it cannot be used; null when it can. Prompts for it are refused with it.</summary>
    public string? Fault { get; init; }
}
