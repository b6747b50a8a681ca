using System.Runtime.CompilerServices;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Sessions.Instructions;

/// <summary>A model whose requests get a system prompt. It is built from files, so it is built within the call of the model, not by the session's actor.</summary>
internal sealed class InstructedModel(IChatModel model, Func<CancellationToken, Task<SystemPrompt>> collect) : IChatModel
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<ModelChunk> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var prompt = await collect(cancellationToken);
        await foreach (var chunk in model.StreamAsync(request with { System = prompt.Write(request.System) }, cancellationToken).WithCancellation(cancellationToken))
            yield return chunk;
    }
}
