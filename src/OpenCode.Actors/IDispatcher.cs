namespace OpenCode.Actors;

/// <summary>The door to threads: decides when and where a cell takes its turn.</summary>
public interface IDispatcher
{
    /// <summary>Gets a coarse, monotonic clock in milliseconds: it ends turns that take too long. A simulation returns a constant.</summary>
    long Milliseconds { get; }

    /// <summary>Runs the turn once, soon, from any thread. Called at most once until that turn has begun.</summary>
    /// <param name="turn">The turn of a cell.</param>
    /// <param name="preferLocal">The turn is the consequence of what this thread does now; false when it has had its share and goes behind all others.</param>
    void Schedule(IThreadPoolWorkItem turn, bool preferLocal);

    /// <summary>Returns how many messages the next turn may handle.</summary>
    /// <param name="throughput">What the actor's props say.</param>
    int BudgetFor(int throughput) => throughput;
}
