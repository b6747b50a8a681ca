using OpenCode.Actors.Clustering.Placing;

namespace OpenCode.Actors.Clustering.Members;

/// <content>The way out: nobody gives this node a shard any more, it gives away what it has, its row says dead.</content>
internal sealed partial class MemberActor
{
    private sealed record BegunToLeave(IActorRef Asker, Exception? Cause);

    private sealed record HasLeft(Exception? Cause);

    private void OnDrain()
    {
        _isLeaving = true;
        Context.Timers.Cancel("join");
        var asker = Sender;
        if (_self is not { } self)
        {
            asker.Tell(ClusterActor.Drained.Instance);
            return;
        }

        if (!_isSuspended)
            setup.State.Stand(Standing.Leaving);
        Context.PipeTo(
            setup.Membership.BeginLeaveAsync(self, Context.Incarnation), _ => new BegunToLeave(asker, null), cause => new BegunToLeave(asker, cause));
    }

    private void OnBegunToLeave(BegunToLeave message)
    {
        // Also when it failed: what is given away is not lost by it, and what comes meanwhile is given away at the end.
        if (message.Cause is not null)
            LogLeaveFailed(_logger, message.Cause);
        shards.Tell(ShardsActor.Drain.Instance, message.Asker);
    }

    private void OnLeave()
    {
        _isLeaving = true;
        Context.Timers.Cancel("join");
        _leavers.Add(Sender);
        if (!_isJoining)
            LeaveNow();
    }

    private void LeaveNow()
    {
        if (_self is not { } self)
        {
            TellLeft();
            return;
        }

        Context.Timers.CancelAll();
        _self = null;
        setup.State.Stand(Standing.Dead);
        Context.PipeTo(setup.Membership.LeaveAsync(self, Context.Incarnation), static () => new HasLeft(null), static cause => new HasLeft(cause));
    }

    private void OnHasLeft(HasLeft message)
    {
        if (message.Cause is not null)
            LogLeaveFailed(_logger, message.Cause);
        else
            LogLeft(_logger);
        TellLeft();
    }

    private void TellLeft()
    {
        foreach (var leaver in _leavers)
            leaver.Tell(ClusterActor.Left.Instance);
        _leavers.Clear();
    }
}
