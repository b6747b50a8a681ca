using OpenCode.Actors.Journaling;

namespace OpenCode.Actors.Clustering.Placing;

/// <content>One operation at a time: what is under way, how it ends, and what ends it early.</content>
internal sealed partial class ShardsActor
{
    private CancellationTokenSource? _underWay;
    private int _operation;

    /// <summary>The end of an operation; what it says counts only if no incarnation was lost meanwhile.</summary>
    private abstract record Ended(int Operation);

    private sealed record Opened(int Operation, IReadOnlyList<Fence> Fences) : Ended(Operation);

    private sealed record BusyKnown(int Operation, IReadOnlySet<int> Busy) : Ended(Operation);

    private sealed record HandedOver(int Operation, IReadOnlyList<ShardRow> Given, int Asked) : Ended(Operation);

    private sealed record Closed(int Operation) : Ended(Operation);

    private sealed record Assigned(int Operation) : Ended(Operation);

    private sealed record Failed(int Operation, string What, Exception Cause) : Ended(Operation);

    private sealed record GoOn
    {
        public static GoOn Instance { get; } = new();
    }

    private void OnEnded(Ended message)
    {
        if (message.Operation != _operation || _underWay is null)
            return;
        EndOperation();
        switch (message)
        {
            case Opened m:
                foreach (var fence in m.Fences)
                    _open[fence.Shard] = fence.Token;
                setup.State.Open(m.Fences);
                LogOpened(_logger, m.Fences.Count, _open.Count);
                break;
            case BusyKnown m:
                OnBusyKnown(m.Busy);
                return;
            case HandedOver m:
                OnHandedOver(m);
                return;
            case Assigned:
                _freshFrom = setup.Time.GetTimestamp();
                break;
            case Failed m:
                LogOperationFailed(_logger, m.What, m.Cause);
                _freshFrom = setup.Time.GetTimestamp();
                _notBefore = _freshFrom + Ticks(_pauseAfterFailure);
                Context.Timers.StartSingle("go-on", GoOn.Instance, _pauseAfterFailure);
                break;
        }

        setup.State.LookAgain();
        Decide();
    }

    // What became of an operation under way nobody will say: a look does.
    private void OnOpenAgain()
    {
        LogOpenAgain(_logger, _open.Count);
        EndOperation();
        Forget(_open.Keys);
        _freshFrom = setup.Time.GetTimestamp();
        setup.State.LookAgain();
    }

    private void Begin(string what, Func<CancellationToken, ValueTask> work, Func<int, Ended> done) =>
        Begin(what, async cancellationToken => { await work(cancellationToken); return true; }, (operation, _) => done(operation));

    private void Begin<T>(string what, Func<CancellationToken, ValueTask<T>> work, Func<int, T, Ended> done)
    {
        var operation = ++_operation;
        _underWay = CancellationTokenSource.CreateLinkedTokenSource(Context.Incarnation);
        Context.PipeTo(RunAsync(work, _underWay.Token), result => done(operation, result), cause => new Failed(operation, what, cause));
    }

    /// <summary>Makes a failure of the task also of what is thrown at once.</summary>
    private static async ValueTask<T> RunAsync<T>(Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken) => await work(cancellationToken);

    private void EndOperation()
    {
        _underWay?.Cancel();
        _underWay?.Dispose();
        _underWay = null;
    }
}
