using System.Runtime.CompilerServices;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Tools;
namespace OpenCode.Actors.Server.Dev;
internal sealed class DevModels : IModelCatalog, IChatModel, IToolbox, IProcessHost
{
    public ResolvedModel Default => new("embedded", "assistant", this);
    public IReadOnlyList<ProviderInfo> Providers => [];
    public IReadOnlyList<ToolDefinition> Definitions => [];
    public bool TryResolve(string providerId, string modelId, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ResolvedModel? model) { model = Default; return providerId == "embedded"; }
    public async IAsyncEnumerable<ModelChunk> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var w in "Hello from the dev model, I say hello.".Split(' ')) { await Task.Yield(); yield return new TextDelta(w + " "); }
        yield return new Finished(FinishReason.Stop, new TokenUsage(1, 2));
    }
    public Props? PropsFor(ToolCall call, ToolContext context) => null;
    public ValueTask<IToolProcess> StartAsync(ToolProcessSpec spec, CancellationToken cancellationToken) => throw new NotSupportedException();
    public void KillLeftover(ProcessMark mark) { }
}
