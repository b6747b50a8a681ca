namespace OpenCode.Actors.Clustering.Placing;

/// <content>The loss of the incarnation: everything here is closed at once, however often that takes.</content>
internal sealed partial class ShardsActor
{
    private sealed record AllClosed(IActorRef Asker);

    private sealed record CloseFailed(IActorRef Asker, Exception Cause);

    private sealed record CloseAll(IActorRef Asker);

    private void OnAbandon(IActorRef asker)
    {
        EndOperation();
        _self = null;
        _look = null;
        EndDrain();
        CloseEverything(asker);
    }

    private void CloseEverything(IActorRef asker)
    {
        // Every shard, not only those that are open: an operation that was cut short may have opened or left open any of them.
        Forget(_open.Keys);
        List<int> all = [.. Enumerable.Range(0, setup.Options.ShardCount)];
        Context.PipeTo(CloseAsync(all, Context.Incarnation), () => new AllClosed(asker), cause => new CloseFailed(asker, cause));
    }

    private void OnCloseFailed(CloseFailed message)
    {
        LogOperationFailed(_logger, "closing shards that are lost", message.Cause);
        Context.Timers.StartSingle("close-all", new CloseAll(message.Asker), _pauseAfterFailure);
    }

    private async ValueTask CloseAsync(List<int> all, CancellationToken cancellationToken) => await setup.Host.CloseAsync(all, abandon: true, cancellationToken);
}
