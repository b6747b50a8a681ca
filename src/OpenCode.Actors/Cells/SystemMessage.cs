namespace OpenCode.Actors.Cells;

/// <summary>A node of a cell's system stack. Each kind knows what it does in the cell's turn.</summary>
internal abstract class SystemMessage
{
    public SystemMessage? Next { get; set; }

    /// <summary>Runs in the turn of a cell that may have ended by then.</summary>
    public abstract void Apply(ActorCell cell);
}

internal sealed class StopRequest : SystemMessage
{
    public override void Apply(ActorCell cell) => cell.RequestStop();
}

internal sealed class SuspendRequest : SystemMessage
{
    public override void Apply(ActorCell cell) => cell.Suspend();
}

internal sealed class ResumeRequest : SystemMessage
{
    public override void Apply(ActorCell cell) => cell.Resume();
}

internal sealed class RecreateRequest(Exception cause) : SystemMessage
{
    public override void Apply(ActorCell cell) => cell.RequestRecreate(cause);
}

/// <summary>A full mailbox whose policy is to fail.</summary>
internal sealed class OverflowFailure(Exception cause) : SystemMessage
{
    public override void Apply(ActorCell cell) => cell.Fail(cause, failedMessage: null);
}

internal sealed class ChildFailed(ActorCell child, Exception cause) : SystemMessage
{
    public override void Apply(ActorCell cell) => cell.OnChildFailed(child, cause);
}

internal sealed class WatchRequest(IInternalRef watcher) : SystemMessage
{
    public IInternalRef Watcher { get; } = watcher;

    public override void Apply(ActorCell cell) => cell.AddWatcher(Watcher);
}

internal sealed class UnwatchRequest(IInternalRef watcher) : SystemMessage
{
    public override void Apply(ActorCell cell) => cell.RemoveWatcher(watcher);
}

/// <summary>To the parent and to each watcher: an actor has ended, or was not there when it was watched.</summary>
internal sealed class DeathNotice(IInternalRef dead, bool existenceConfirmed) : SystemMessage
{
    public IInternalRef Dead { get; } = dead;

    public override void Apply(ActorCell cell) => cell.OnDeath(Dead, existenceConfirmed);
}

/// <summary>User code that was told to end has had its time.</summary>
internal sealed class GraceOver(UserWork work) : SystemMessage
{
    public override void Apply(ActorCell cell) => cell.OnGraceOver(work);
}

/// <summary>The rest of an async handler or hook.</summary>
internal sealed class Continuation(CellContext context, SendOrPostCallback callback, object? state) : SystemMessage
{
    public override void Apply(ActorCell cell) => cell.RunContinuation(context, callback, state);
}
