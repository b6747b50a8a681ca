namespace OpenCode.Actors.Journaling.Shared;

/// <summary>A batch that this process has committed, on its way to be published in order.</summary>
/// <param name="Batch">The batch. Without entries, its first offset is that of the next one.</param>
/// <param name="Group">Those who wait for it.</param>
/// <param name="Returned">Takes the group back when they are answered.</param>
internal sealed record OwnBatch(StoredBatch Batch, SharedGroup Group, Action<SharedGroup> Returned)
{
    /// <summary>Answers those who wait: all that they were told is visible.</summary>
    public void Published()
    {
        Group.Committed(Batch.First);
        Returned(Group);
    }
}
