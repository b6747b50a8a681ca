using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Models.Embedded;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.EndToEnd.Clustering.Nodes;

/// <summary>The embedded model in real time, and no tools.</summary>
internal sealed class TestModels(IReadOnlyList<PermissionRule> rules) : IModelCatalog, IToolbox, IProcessHost, IAgentCatalog
{
    public ResolvedModel Default { get; } = new(EmbeddedModel.ProviderId, EmbeddedModel.ModelId, new EmbeddedModel(TimeProvider.System));

    public IReadOnlyList<ProviderInfo> Providers => [EmbeddedModel.Provider];

    public IReadOnlyList<ToolDefinition> Definitions => [];

    public bool TryResolve(string providerId, string modelId, [NotNullWhen(true)] out ResolvedModel? model)
    {
        model = Default;
        return true;
    }

    public Props? PropsFor(ToolCall call, ToolContext context) => null;

    public ValueTask<IToolProcess> StartAsync(ToolProcessSpec spec, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void KillLeftover(ProcessMark mark)
    {
    }

    public void KillAll()
    {
    }

    public LocationAgents For(string directory) => new BuiltInAgents("/data/tool-output").With(rules);
}
