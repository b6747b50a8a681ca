namespace OpenCode.Actors.Journaling.Shared;

/// <summary>A batch that this process has committed, on its way to be published in order.</summary>
/// <param name="First">The offset of its first entry, or of the next one if it has none.</param>
/// <param name="Count">How many entries it has.</param>
/// <param name="Generation">The generation it is of.</param>
/// <param name="At">When it was committed.</param>
/// <param name="Group">Its entries, and those who wait for it.</param>
/// <param name="Returned">Takes the group back when they are answered.</param>
internal sealed record OwnBatch(long First, int Count, int Generation, DateTimeOffset At, SharedGroup Group, Action<SharedGroup> Returned)
{
    /// <summary>Gets the offset of its last entry.</summary>
    public long Last => First + Count - 1;

    /// <summary>Answers those who wait: all that they were told is visible.</summary>
    public void Published()
    {
        Group.Committed(First);
        Returned(Group);
    }
}
