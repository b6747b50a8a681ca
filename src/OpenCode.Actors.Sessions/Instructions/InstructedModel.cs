using System.Runtime.CompilerServices;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Sessions.Instructions;

/// <summary>A model that is asked with a system prompt. Files are read for it, so it is written where the model is waited for, and not by the session.</summary>
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
