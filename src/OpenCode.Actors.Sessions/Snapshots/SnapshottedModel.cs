using System.Runtime.CompilerServices;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Sessions.Snapshots;

/// <summary>A model whose answer begins with a snapshot of the files, which is taken while the model is waited for. So it is there before the first tool starts.</summary>
/// <param name="model">The model.</param>
/// <param name="snapshot">The snapshot.</param>
internal sealed class SnapshottedModel(IChatModel model, StepSnapshot snapshot) : IChatModel
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<ModelChunk> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        snapshot.Begin();
        var isFirst = true;
        await foreach (var chunk in model.StreamAsync(request, cancellationToken).WithCancellation(cancellationToken))
        {
            if (isFirst && await snapshot.LatestAsync().WaitAsync(cancellationToken) is { } taken)
                yield return new SnapshotTaken(taken);

            isFirst = false;
            yield return chunk;
        }
    }
}

/// <summary>The snapshot before the step is taken.</summary>
internal sealed record SnapshotTaken(string Snapshot) : ModelChunk;
