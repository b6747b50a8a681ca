using OpenCode.Actors.Mailboxes;

namespace OpenCode.Actors.Cells;

/// <content>
/// Start, restart and stop, one after the other in <see cref="AdvanceAsync"/>. Waits give the thread back; system messages go on.
/// After each await the code calls <see cref="Enter"/>: the context may have been exchanged while it waited.
/// </content>
internal sealed partial class ActorCell
{
    private Phase _phase;
    private bool _advancing;
    private bool _stopRequested;
    private bool _incarnationEnded;
    private int _incarnation = 1;
    private Actor? _actor;

    private enum Phase : byte
    {
        Created,
        Starting,
        Running,
        Restarting,
        Stopping,
        Stopped,
    }

    public int IncarnationNumber => _incarnation;

    public void RequestStop()
    {
        if (_stopRequested)
            return;
        _stopRequested = true;
        EndIncarnation();
        if (_work is not null)
            StartGrace(_work);
        Advance();
    }

    public void RequestRecreate(Exception cause)
    {
        if (_stopRequested)
            return;
        (Rare.Recreations ??= []).Enqueue(cause);
        EndIncarnation();
        if (_work is not null)
            StartGrace(_work);
        Advance();
    }

    private void Advance()
    {
        if (!_advancing)
            _ = AdvanceAsync();
    }

    private async Task AdvanceAsync()
    {
        _advancing = true;
        try
        {
            while (true)
            {
                if (_phase == Phase.Created && !_stopRequested)
                    await StartAsync();
                else if (_stopRequested && _phase != Phase.Stopped)
                    await StopAsync();
                else if (!_stopRequested && _rare?.Recreations?.TryDequeue(out var cause) == true)
                    await RecreateAsync(cause);
                else
                    break;
                Enter();
            }
        }
        catch (Exception exception)
        {
            System.Log.KernelFault(Path, exception);
            throw;
        }
        finally
        {
            _advancing = false;
            UpdateHeld();
        }
    }

    private async ValueTask StartAsync()
    {
        _phase = Phase.Starting;
        try
        {
            MakeActor();
            await HookAsync(_actor!.PreStart(), limited: false);
            Enter();
            _phase = Phase.Running;
        }
        catch (Exception exception)
        {
            Enter();
            Fail(new ActorInitializationException(this, exception), failedMessage: null);
        }
    }

    private async ValueTask RecreateAsync(Exception cause)
    {
        _phase = Phase.Restarting;
        UpdateHeld();
        EndIncarnation();
        await WorkEndAsync();
        Enter();

        if (_actor is { } old)
        {
            try
            {
                await HookAsync(old.PreRestart(cause, _rare?.FailedMessage), limited: true);
            }
            catch (Exception exception)
            {
                System.Log.HookFailed("PreRestart", Path, exception);
            }

            Enter();
            _actor = null;
        }

        await ChildrenEndAsync(onlyStopping: true);
        Enter();
        if (_stopRequested)
            return;

        if (_rare is { } rare)
        {
            rare.Behaviours = null;
            rare.Timers?.CancelAll();
            rare.ReceiveTimeout?.Set(null);
            rare.Stash?.UnstashAll();
            rare.FailedMessage = null;
            rare.IncarnationSource = null;
        }

        _incarnation++;
        _incarnationEnded = false;
        var survivors = ChildSnapshot();

        try
        {
            MakeActor();
            await HookAsync(_actor!.PostRestart(cause), limited: false);
            Enter();
        }
        catch (Exception exception)
        {
            Enter();
            FailAgain(new ActorInitializationException(this, exception), survivors);
            return;
        }

        System.Metrics.Restarted();
        _phase = Phase.Running;
        _failed = false;
        foreach (var survivor in survivors)
            survivor.SendSystem(new RecreateRequest(cause));
        ReleaseSuspension();
    }

    private async ValueTask StopAsync()
    {
        _phase = Phase.Stopping;
        UpdateHeld();
        _rare?.Timers?.CancelAll();
        _rare?.ReceiveTimeout?.Set(null);
        await WorkEndAsync();
        Enter();

        if (_children is { } children)
        {
            children.Close();
            foreach (var child in children.Snapshot())
                StopChild(child);
            await ChildrenEndAsync(onlyStopping: false);
            Enter();
        }

        if (_actor is { } actor)
        {
            try
            {
                await HookAsync(actor.PostStop(), limited: true);
            }
            catch (Exception exception)
            {
                System.Log.HookFailed("PostStop", Path, exception);
            }

            Enter();
            _actor = null;
        }

        Finish();
    }

    private void Finish()
    {
        _phase = Phase.Stopped;
        UnwatchAll();
        Interlocked.Or(ref _status, Closed);
        _rare?.Stash?.Bury(Bury);
        BuryMailbox();
        _mailbox.SignalRoom();
        System.Metrics.CellEnded();

        // The name is free before anybody can hear of the end.
        ParentCell?._children!.Remove(this);
        ParentCell?.SendSystem(new DeathNotice(this, existenceConfirmed: true));
        TellWatchers();
        _rare?.Asks?.TargetEnded();
        _rare = null;
        System.OnCellEnded(this, _dispatcher);
    }

    private void BuryMailbox()
    {
        for (var envelope = _mailbox.Dequeue(); !envelope.IsNone; envelope = _mailbox.Dequeue())
            Bury(envelope);
    }

    private void Bury(Envelope envelope)
    {
        if (envelope.Message is not SelfMessage self)
            System.DeadLetter(envelope, this, DeadLetterReason.Stopped);
        else if (self.Undelivered is { } undelivered)
            System.DeadLetter(new Envelope(undelivered, envelope.Sender), this, DeadLetterReason.Stopped);
    }

    private void MakeActor()
    {
        var actor = _props.Factory() ?? throw new InvalidOperationException($"The factory in the props of {Path} returned null.");
        actor.Attach(this);
        _actor = actor;
    }

    private void EndIncarnation()
    {
        if (_incarnationEnded)
            return;
        _incarnationEnded = true;
        try
        {
            _rare?.IncarnationSource?.Cancel();
        }
        catch (AggregateException exception)
        {
            System.Log.HookFailed("A callback of the incarnation's token", Path, exception);
        }
    }

    /// <summary>User messages wait unless the actor is there, is well and has nothing in hand.</summary>
    private void UpdateHeld()
    {
        if (_phase == Phase.Running && _work is null && !_advancing)
            Interlocked.And(ref _status, ~Held);
        else
            Interlocked.Or(ref _status, Held);
    }
}
