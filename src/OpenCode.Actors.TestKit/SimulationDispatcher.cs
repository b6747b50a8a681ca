namespace OpenCode.Actors.TestKit;

/// <summary>Runs all cells on the thread that asks for it, in the order of their scheduling, or in an order and with throughputs that come from a seed.</summary>
/// <param name="entropy">Picks the next cell and its budget; null: first come, first served, with the budget of the props.</param>
public sealed class SimulationDispatcher(IEntropy? entropy = null) : IDispatcher
{
    private readonly Lock _lock = new();
    private readonly List<IThreadPoolWorkItem> _runnable = [];
    private readonly Queue<IThreadPoolWorkItem> _queue = [];

    /// <inheritdoc/>
    /// <remarks>Constant: a turn ends by its budget only, so it does not depend on the speed of the machine.</remarks>
    public long Milliseconds => 0;

    /// <summary>Gets the number of turns that were run.</summary>
    public long Turns { get; private set; }

    /// <inheritdoc/>
    public void Schedule(IThreadPoolWorkItem turn, bool preferLocal)
    {
        lock (_lock)
        {
            if (entropy is null)
                _queue.Enqueue(turn);
            else
                _runnable.Add(turn);
        }
    }

    /// <inheritdoc/>
    public int BudgetFor(int throughput) => entropy is null ? throughput : 1 + entropy.Next(throughput);

    /// <summary>Runs one turn.</summary>
    /// <returns>False when no cell waits for one.</returns>
    public bool RunNext()
    {
        IThreadPoolWorkItem? turn;
        lock (_lock)
        {
            if (_runnable.Count > 0)
            {
                var picked = entropy!.Next(_runnable.Count);
                turn = _runnable[picked];
                _runnable.RemoveAt(picked);
            }
            else if (!_queue.TryDequeue(out turn))
            {
                return false;
            }
        }

        Turns++;
        turn.Execute();
        return true;
    }
}
