using System.Runtime.CompilerServices;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Sessions.Snapshots;

/// <summary>A model whose answer begins with a snapshot of the files, which is taken while the model is waited for. So it is there before the first tool starts.</summary>
/// <param name="model">The model.</param>
/// <param name="take">Takes the snapshot, once for all tries of the step.</param>
internal sealed class SnapshottedModel(IChatModel model, Func<Task<string?>> take) : IChatModel
{
    private Task<string?>? _taken;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ModelChunk> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var taken = _taken ??= take();
        var isFirst = true;
        await foreach (var chunk in model.StreamAsync(request, cancellationToken).WithCancellation(cancellationToken))
        {
            if (isFirst && await taken.WaitAsync(cancellationToken) is { } snapshot)
                yield return new SnapshotTaken(snapshot);

            isFirst = false;
            yield return chunk;
        }
    }
}

/// <summary>The snapshot before the step is taken.</summary>
internal sealed record SnapshotTaken(string Snapshot) : ModelChunk;
