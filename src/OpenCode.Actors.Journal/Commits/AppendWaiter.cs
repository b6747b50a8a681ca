using System.Collections.Concurrent;
using System.Threading.Tasks.Sources;

namespace OpenCode.Actors.Journal.Commits;

/// <summary>The wait for a batch; used again and again.</summary>
internal sealed class AppendWaiter(ConcurrentQueue<AppendWaiter> spare, bool isSingleThreaded) : IValueTaskSource<long>
{
    private const int SpareWaiters = 4096;

    // Not on the thread that commits, where that is another's: whatever the caller does next, the next commit does not wait for it.
    private ManualResetValueTaskSourceCore<long> _core = new() { RunContinuationsAsynchronously = !isSingleThreaded };

    // Of the group: what is before the batch, and whether it has entries of its own.
    private int _entriesBefore;
    private bool _hasEntries;

    public ValueTask<long> Task => new(this, _core.Version);

    public void Begin(int entriesBefore, bool hasEntries)
    {
        _entriesBefore = entriesBefore;
        _hasEntries = hasEntries;
    }

    /// <summary>Answers with the offset of the first entry of the batch, or without entries the head behind it.</summary>
    public void Committed(long firstOffset) => _core.SetResult(firstOffset + _entriesBefore - (_hasEntries ? 0 : 1));

    public void Failed(Exception cause) => _core.SetException(cause);

    public long GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _core.Reset();
            if (spare.Count < SpareWaiters)
                spare.Enqueue(this);
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
