using OpenCode.Actors.Journal.Bodies;

namespace OpenCode.Actors.Journal.Commits;

/// <summary>What a journal takes as a batch.</summary>
internal static class BatchSize
{
    private const long MaxBytes = 128L * 1024 * 1024;

    /// <summary>Looks at a batch that a caller gave.</summary>
    /// <returns>How many bytes it takes at most.</returns>
    /// <exception cref="ArgumentException">It is too large.</exception>
    public static long Check(JournalBatch batch)
    {
        var mostBytes = BodyWriter.MostBytes(batch);
        for (var i = 0; i < batch.Changes.Count; i++)
        {
            var change = batch.Changes[i];
            mostBytes += BodyWriter.MostBytes(change.Kind) + BodyWriter.MostBytes(change.Owner) + BodyWriter.MostBytes(change.Key) + (change.Json?.Length ?? 0);
        }

        return mostBytes <= MaxBytes
            ? mostBytes
            : throw new ArgumentException($"The batch has up to {mostBytes} bytes; split it, a batch has at most {MaxBytes}.", nameof(batch));
    }
}
