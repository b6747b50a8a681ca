using System.Runtime.CompilerServices;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Sessions.Tools;

/// <summary>A model that is offered the tools of its location. What they are is read from files and asked of servers, so it is found out where the model is waited for, and not by the session.</summary>
internal sealed class OfferingModel(IChatModel model, IToolbox toolbox, ToolScope scope) : IChatModel
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<ModelChunk> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var tools = await toolbox.CompleteAsync(request.Tools, scope, cancellationToken);
        await foreach (var chunk in model.StreamAsync(request with { Tools = tools }, cancellationToken).WithCancellation(cancellationToken))
            yield return chunk;
    }
}
