namespace OpenCode.Actors.Cells;

/// <summary>What a turn has called for: it may run behind that turn on the same thread.</summary>
internal interface IFollower : IThreadPoolWorkItem
{
    /// <summary>Runs it on this thread.</summary>
    /// <returns>What follows from it in turn.</returns>
    IFollower? Turn();
}
