using OpenCode.Actors.Cells;

namespace OpenCode.Actors.Doors;

/// <summary>Turns on the thread pool.</summary>
/// <remarks>
/// The last cell that a turn has told something, or the question that it has answered, follows on the same thread, where the message is in the cache, and no thread
/// has to be woken for it. Nobody else can take it from there, so it waits for the handler that told it and no longer: before a cell goes on with more work, its
/// follower goes to the pool.
/// </remarks>
internal sealed class PoolDispatcher : IDispatcher
{
    private const int MostInARow = 32;

    private PoolDispatcher()
    {
    }

    public static PoolDispatcher Instance { get; } = new();

    public long Milliseconds => Environment.TickCount64;

    /// <summary>Runs the turn of a cell on this thread of the pool, and then those that follow from it.</summary>
    /// <param name="first">The cell.</param>
    public static void Run(ActorCell first)
    {
        IFollower? next = first.Turn();
        for (var left = MostInARow - 1; next is not null; left--)
        {
            if (left == 0)
            {
                Queue(next, preferLocal: false); // Others have their share first.
                return;
            }

            next = next.Turn();
        }
    }

    public static void Queue(IThreadPoolWorkItem turn, bool preferLocal) => ThreadPool.UnsafeQueueUserWorkItem(turn, preferLocal);

    /// <summary>Runs it behind the turn that is on this thread; where none is, on the pool.</summary>
    /// <param name="next">What that turn has called for.</param>
    public static void Follow(IFollower next)
    {
        if (SynchronizationContext.Current is ActorCell { IsOnPool: true } running)
            running.LetFollow(next);
        else
            Queue(next, preferLocal: true);
    }

    public void Schedule(IThreadPoolWorkItem turn, bool preferLocal)
    {
        if (preferLocal && turn is ActorCell cell)
            Follow(cell);
        else
            Queue(turn, preferLocal);
    }

    public int BudgetFor(int throughput) => throughput;
}
