using System.Runtime.CompilerServices;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Sessions.Snapshots;

/// <summary>A model whose answer begins with a snapshot of the files, which is taken while the model is waited for. So it is there before the first tool starts.</summary>
/// <param name="model">The model.</param>
/// <param name="known">The snapshot at the end of the step before; null when there is none.</param>
/// <param name="take">Takes a snapshot.</param>
/// <param name="time">The clock.</param>
internal sealed class SnapshottedModel(IChatModel model, string? known, Func<Task<string?>> take, TimeProvider time) : IChatModel
{
    // After a longer wait for the model another one is taken: what the user changed meanwhile is not the work of the step.
    private static readonly TimeSpan _fresh = TimeSpan.FromSeconds(1);

    private (Task<string?> Snapshot, long At)? _taken;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ModelChunk> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var taken = _taken ??= (known is null ? take() : Task.FromResult<string?>(known), time.GetTimestamp());
        var isFirst = true;
        await foreach (var chunk in model.StreamAsync(request, cancellationToken).WithCancellation(cancellationToken))
        {
            if (isFirst && await LatestAsync(taken.Snapshot, taken.At).WaitAsync(cancellationToken) is { } snapshot)
                yield return new SnapshotTaken(snapshot);

            isFirst = false;
            yield return chunk;
        }
    }

    // One that is being taken still is recent enough: another one would wait for it.
    private async Task<string?> LatestAsync(Task<string?> taken, long at) =>
        taken.IsCompleted && time.GetElapsedTime(at) > _fresh ? await take() ?? await taken : await taken;
}

/// <summary>The snapshot before the step is taken.</summary>
internal sealed record SnapshotTaken(string Snapshot) : ModelChunk;
