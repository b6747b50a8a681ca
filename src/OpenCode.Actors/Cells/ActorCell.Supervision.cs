namespace OpenCode.Actors.Cells;

/// <content>
/// Failure of this cell and of its children. Suspensions are counted and come in pairs.
/// A cell that fails suspends itself and its subtree. The child whose failure was escalated is left out: it is suspended by its own failure already, and
/// the resume or restart of its parent takes that back.
/// </content>
internal sealed partial class ActorCell
{
    private bool _failed;
    private RestartHistory? _history; // Belongs to the parent.

    public void Suspend()
    {
        if (_phase == Phase.Stopped)
            return;
        Interlocked.Add(ref _status, SuspendUnit);
        foreach (var child in ChildSnapshot())
            child.SendSystem(new SuspendRequest());
    }

    public void Resume()
    {
        if (_phase == Phase.Stopped)
            return;
        if (_failed && _phase != Phase.Running)
        {
            // There is no sound instance that could go on.
            RequestRecreate(new InvalidOperationException($"{Path} was resumed after its start had failed; it is restarted instead."));
            return;
        }

        _failed = false;
        if (_rare is { } rare)
            rare.FailedMessage = null;
        ReleaseSuspension();
        foreach (var child in ChildSnapshot())
            child.SendSystem(new ResumeRequest());
    }

    public void Fail(Exception cause, object? failedMessage) => Fail(cause, failedMessage, escalatedFrom: null);

    public void OnChildFailed(ActorCell child, Exception cause)
    {
        // A child that has ended, or the earlier owner of a name that was used again.
        if (_children?.Contains(child) != true)
            return;
        if (_stopRequested)
        {
            StopChild(child);
            return;
        }

        Directive directive;
        try
        {
            var strategy = _actor?.Strategy ?? SupervisorStrategy.Default;
            directive = IsFatal(cause) ? Directive.Stop : strategy.Decide(cause, child._history ??= new RestartHistory(), System.Time);
        }
        catch (Exception exception)
        {
            System.Log.DeciderFailed(Path, child.Path, exception);
            directive = Directive.Escalate;
        }

        System.OnFailure(child.Path, cause, directive);
        switch (directive)
        {
            case Directive.Resume:
                child.SendSystem(new ResumeRequest());
                break;
            case Directive.Restart:
                child.SendSystem(new RecreateRequest(cause));
                break;
            case Directive.Stop:
                StopChild(child);
                break;
            default:
                Fail(cause, failedMessage: null, escalatedFrom: child);
                break;
        }
    }

    private static bool IsFatal(Exception cause) => cause is OutOfMemoryException or AccessViolationException;

    private void Fail(Exception cause, object? failedMessage, ActorCell? escalatedFrom)
    {
        if (_stopRequested)
        {
            System.Log.FailedWhileStopping(Path, cause);
            return;
        }

        if (_failed)
        {
            // Waits for its parent's word already. The child was suspended twice then, by itself and by us: one of them is taken back.
            escalatedFrom?.SendSystem(new ResumeRequest());
            System.Log.FailedAgain(Path, cause);
            return;
        }

        _failed = true;
        if (failedMessage is not null || _rare is not null)
            Rare.FailedMessage = failedMessage;
        Interlocked.Add(ref _status, SuspendUnit);
        foreach (var child in ChildSnapshot())
        {
            if (!ReferenceEquals(child, escalatedFrom))
                child.SendSystem(new SuspendRequest());
        }

        ReportFailure(cause);
    }

    /// <summary>The new instance of a restart failed: the suspension of the first failure goes on. Children it has made by then are suspended too.</summary>
    private void FailAgain(Exception cause, ActorCell[] suspended)
    {
        if (_stopRequested)
        {
            System.Log.FailedWhileStopping(Path, cause);
            return;
        }

        _failed = true;
        foreach (var child in ChildSnapshot())
        {
            if (!suspended.Contains(child))
                child.SendSystem(new SuspendRequest());
        }

        if (Volatile.Read(ref _status) < SuspendUnit)
            Interlocked.Add(ref _status, SuspendUnit);
        ReportFailure(cause);
    }

    private void ReportFailure(Exception cause)
    {
        System.Metrics.Failed();
        if (IsFatal(cause))
            System.OnFatal(Path, cause);
        if (ParentCell is { } parent)
            parent.SendSystem(new ChildFailed(this, cause));
        else
            System.OnRootFailed(cause);
    }

    private void ReleaseSuspension()
    {
        if (Volatile.Read(ref _status) >= SuspendUnit)
            Interlocked.Add(ref _status, -SuspendUnit);
    }
}
