namespace OpenCode.Actors.Doors;

/// <summary>Turns on the thread pool.</summary>
internal sealed class PoolDispatcher : IDispatcher
{
    private PoolDispatcher()
    {
    }

    public static PoolDispatcher Instance { get; } = new();

    public long Milliseconds => Environment.TickCount64;

    public void Schedule(IThreadPoolWorkItem turn, bool preferLocal) => ThreadPool.UnsafeQueueUserWorkItem(turn, preferLocal);

    public int BudgetFor(int throughput) => throughput;
}
