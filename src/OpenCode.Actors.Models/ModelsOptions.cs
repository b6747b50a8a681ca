using OpenCode.Actors.Models.Providers;
using OpenCode.Actors.Protocol.Models;

namespace OpenCode.Actors.Models;

/// <summary>The providers of <c>opencode.json</c>.</summary>
/// <param name="Providers">Section <c>provider</c>, in its order.</param>
/// <param name="DefaultModel">Key <c>model</c>; null when it is not set.</param>
public sealed record ModelsOptions(IReadOnlyList<ProviderOptions> Providers, ModelRef? DefaultModel = null)
{
    /// <summary>Gets the ids of the known providers that wait for a key and nothing else.</summary>
    public IReadOnlyList<string> Unconnected { get; init; } = [];

    /// <summary>Gets why providers that are configured are not among the others, by their ids.</summary>
    public IReadOnlyDictionary<string, string> Faults { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Gets key <c>small_model</c>; null when it is not set. One that is not known has no effect.</summary>
    public ModelRef? SmallModel { get; init; }

    /// <summary>Gets the options of a server without configuration: the embedded model alone.</summary>
    public static ModelsOptions None { get; } = new([]);
}
