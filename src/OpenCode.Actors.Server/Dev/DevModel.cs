using System.Runtime.CompilerServices;
using OpenCode.Actors.Sessions.Models;
namespace OpenCode.Actors.Server.Dev;
internal sealed class DevModels : IModelCatalog, IChatModel
{
    public ResolvedModel Default => new("embedded", "assistant", this);
    public IReadOnlyList<ProviderInfo> Providers => [];
    public bool TryResolve(string providerId, string modelId, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ResolvedModel? model) { model = Default; return providerId == "embedded"; }
    public async IAsyncEnumerable<ModelChunk> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var w in "Hello from the dev model, I say hello.".Split(' ')) { await Task.Yield(); yield return new TextDelta(w + " "); }
        yield return new Finished(FinishReason.Stop, new TokenUsage(1, 2));
    }
}
