using OpenCode.Actors.Doors;
using OpenCode.Actors.Mailboxes;

namespace OpenCode.Actors.Cells;

/// <content>One turn: system messages first, then messages until the share is used up.</content>
internal sealed partial class ActorCell
{
    private const int TurnMilliseconds = 5;
    private const int SlowMessageMilliseconds = 100;

    private IFollower? _follower;

    /// <summary>Runs something after the current turn of this cell, on the same thread. In that turn only.</summary>
    /// <param name="next">A cell that is scheduled, or a question that is answered.</param>
    public void LetFollow(IFollower next)
    {
        GiveFollowerAway();
        _follower = next;
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (IsOnPool)
            PoolDispatcher.Run(this);
        else
            Turn();
    }

    /// <summary>Takes one turn on this thread, which the dispatcher has chosen.</summary>
    /// <returns>What follows on this thread.</returns>
    public IFollower? Turn()
    {
        var outside = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_context);
        IFollower? follower;
        try
        {
            RunTurn();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outside);
            follower = _follower;
            _follower = null;

            // The lost wake-up: a sender that still saw "scheduled" has enqueued before this full fence, so the look after it finds its message.
            Interlocked.And(ref _status, ~Scheduled);
            _mailbox.SignalRoom();
            if (HasWork())
                Schedule(preferLocal: false);
        }

        return follower;
    }

    private void RunTurn()
    {
        if (_phase == Phase.Created)
        {
            Advance();
            Enter();
        }

        var clock = new TurnClock(_dispatcher.Milliseconds);
        for (var budget = _dispatcher.BudgetFor(_props.Throughput); budget > 0; budget--)
        {
            if (Volatile.Read(ref _systemStack) is not null)
            {
                GiveFollowerAway();
                ApplySystemMessages();
                continue;
            }

            var status = Volatile.Read(ref _status);
            if ((status & Closed) != 0)
            {
                BuryMailbox();
                return;
            }

            if (status >= Held)
                return;
            var envelope = Take();
            if (envelope.IsNone)
                return;

            GiveFollowerAway();
            Handle(envelope);
            if (!clock.IsDue())
                continue;
            var took = clock.Read(_dispatcher.Milliseconds);
            if (took > SlowMessageMilliseconds)
                System.OnSlowMessage(Path, envelope.Message, took);
            if (clock.Elapsed >= TurnMilliseconds)
                return;
        }
    }

    private void GiveFollowerAway()
    {
        if (_follower is not { } follower)
            return;
        _follower = null;
        PoolDispatcher.Queue(follower, preferLocal: true);
    }

    /// <summary>Takes the whole stack and applies it oldest first.</summary>
    private void ApplySystemMessages()
    {
        var newest = Interlocked.Exchange(ref _systemStack, null);
        SystemMessage? oldest = null;
        while (newest is not null)
        {
            var next = newest.Next;
            newest.Next = oldest;
            oldest = newest;
            newest = next;
        }

        while (oldest is not null)
        {
            var next = oldest.Next;
            oldest.Next = null;
            Apply(oldest);
            oldest = next;
        }
    }

    private void Apply(SystemMessage message)
    {
        try
        {
            message.Apply(this);
        }
        catch (Exception exception)
        {
            // A door (log, clock, task source) threw. The rest of the queue must still be applied: children wait for it.
            Fail(exception, failedMessage: null);
        }

        Enter();
    }

    private Envelope Take() => _rare?.Stash is { HasFront: true } stash ? stash.TakeFront() : _mailbox.Dequeue();

    /// <summary>Makes this thread's context that of the cell, after anything that may have exchanged one of them.</summary>
    private void Enter()
    {
        if (SynchronizationContext.Current != _context)
            SynchronizationContext.SetSynchronizationContext(_context);
    }
}
