using System.Diagnostics.CodeAnalysis;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Server.Models;

/// <summary>The models of a location whose configuration has mistakes: for turns that are open already. New prompts are refused with the mistakes.</summary>
internal sealed class FaultyModels(IModelCatalog usable, string fault) : IModelCatalog
{
    public string Fault => fault;

    public ResolvedModel Default => usable.Default;

    public IReadOnlyList<ProviderInfo> Providers => usable.Providers;

    public IReadOnlyList<ProviderInfo> Unconnected => usable.Unconnected;

    public ResolvedModel? SmallFor(string providerId) => usable.SmallFor(providerId);

    public string? FaultOf(string providerId) => usable.FaultOf(providerId);

    public bool TryResolve(string providerId, string modelId, [NotNullWhen(true)] out ResolvedModel? model) => usable.TryResolve(providerId, modelId, out model);
}
