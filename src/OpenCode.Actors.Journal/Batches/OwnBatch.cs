using OpenCode.Actors.Journal.Commits;
using OpenCode.Actors.Journal.Stores;

namespace OpenCode.Actors.Journal.Batches;

/// <summary>A batch that this process has committed, on its way to be published in order.</summary>
/// <param name="Batch">The batch, without its body. Without entries, its first offset is that of the next one.</param>
/// <param name="Bytes">How long its body is.</param>
/// <param name="Group">Its entries, and the waits for it.</param>
/// <param name="Returned">Takes the group back when they are answered.</param>
internal sealed record OwnBatch(StoredBatch Batch, int Bytes, BatchGroup Group, Action<BatchGroup> Returned)
{
    /// <summary>Answers the waiting appends: their entries are visible.</summary>
    public void Published()
    {
        Group.Committed(Batch.First);
        Returned(Group);
    }
}
