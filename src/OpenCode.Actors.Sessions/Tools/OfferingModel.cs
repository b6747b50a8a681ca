using System.Runtime.CompilerServices;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Sessions.Tools;

/// <summary>A model whose requests offer the tools of its location. These come from files and servers, so they are collected within the call of the model, not by the session's actor.</summary>
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
