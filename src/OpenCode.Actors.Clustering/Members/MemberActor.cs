using Microsoft.Extensions.Logging;
using OpenCode.Actors.Clustering.Looks;
using OpenCode.Actors.Clustering.Placing;

namespace OpenCode.Actors.Clustering.Members;

/// <summary>Keeps this node a member: joins, renews, suspends at the local deadline, joins again when it was declared dead (RULES F1), leaves.</summary>
/// <remarks>The deadline counts from before a renewal was sent, on this node's monotonic clock. At most one renewal is under way.</remarks>
internal sealed partial class MemberActor(ClusterSetup setup, IActorRef shards) : Actor
{
    private sealed record Join;

    private sealed record Joined(Member Self, long SentAt);

    private sealed record JoinFailed(Exception Cause);

    private sealed record Renew;

    private sealed record Renewed(Member Self, long SentAt, bool IsMember);

    private sealed record RenewFailed(Exception Cause);

    private sealed record DeadlinePassed;

    private static readonly TimeSpan _soon = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _refusedPause = TimeSpan.FromSeconds(5);

    private readonly ILogger _logger = setup.Loggers.CreateLogger<MemberActor>();
    private readonly List<IActorRef> _leavers = [];
    private Member? _self;
    private Member? _rival;
    private long _deadline;
    private bool _isJoining;
    private bool _isRenewing;
    private bool _isFailing;
    private bool _isSuspended;
    private bool _isLeaving;

    public static Props PropsFor(ClusterSetup setup, IActorRef shards) => Props.Create(() => new MemberActor(setup, shards));

    protected override ValueTask PreStartAsync()
    {
        TryJoin();
        return ValueTask.CompletedTask;
    }

    protected override ValueTask ReceiveAsync(object message)
    {
        switch (message)
        {
            case Join:
                TryJoin();
                break;
            case Joined m:
                OnJoined(m);
                break;
            case JoinFailed m:
                OnJoinFailed(m);
                break;
            case Renew:
                TryRenew();
                break;
            case Renewed m:
                OnRenewed(m);
                break;
            case RenewFailed m:
                OnRenewFailed(m);
                break;
            case DeadlinePassed:
                OnDeadlinePassed();
                break;
            case LookActor.Looked m:
                OnLooked(m);
                break;
            case ShardsActor.Abandoned:
                LogAbandoned(_logger);
                TryJoin();
                break;
            case ClusterActor.Drain:
                OnDrain();
                break;
            case BegunToLeave m:
                OnBegunToLeave(m);
                break;
            case ClusterActor.Leave:
                OnLeave();
                break;
            case HasLeft m:
                OnHasLeft(m);
                break;
            default:
                return Unhandled(message);
        }

        return ValueTask.CompletedTask;
    }

    private void TryJoin()
    {
        if (_isLeaving || _isJoining || _self is not null)
            return;
        _isJoining = true;
        setup.State.Stand(Standing.Joining);
        var sentAt = setup.Time.GetTimestamp();
        Context.PipeTo(setup.Membership.JoinAsync(setup.Options.Describe(), Context.Incarnation), self => new Joined(self, sentAt), static cause => new JoinFailed(cause));
    }

    private void OnJoined(Joined message)
    {
        (_isJoining, _isFailing, _rival) = (false, false, null);
        _self = message.Self;
        if (_isLeaving)
        {
            LeaveNow();
            return;
        }

        LogJoined(_logger, _self.Name, _self.Incarnation);
        setup.State.Join(_self);
        Extend(message.SentAt);
        setup.State.Stand(Standing.Serving);
        if (_isSuspended)
            setup.Host.Resume();
        _isSuspended = false;
        shards.Tell(new ShardsActor.Serve(_self));
        Context.Timers.StartWithFixedDelay("renew", new Renew(), setup.Options.Renew);
        setup.State.SetJoined();
        setup.State.LookAgain();
    }

    private void OnJoinFailed(JoinFailed message)
    {
        _isJoining = false;
        if (_isLeaving)
        {
            TellLeft();
        }
        else if (message.Cause is NodeNameInUseException)
        {
            // Whether that member lives is shown by its beat, in the looks to come. One that does not move is declared dead, and the name is free.
            _rival ??= setup.State.View.Members.FirstOrDefault(member => member.Name == setup.Options.Name);
            JoinLater(_soon);
        }
        else if (message.Cause is ClusterRefusedException refusal)
        {
            Refused(refusal);
        }
        else
        {
            if (!_isFailing)
                LogJoinFailed(_logger, message.Cause);
            _isFailing = true;
            JoinLater(_soon);
        }
    }

    private void OnLooked(LookActor.Looked message)
    {
        if (_rival is not { } rival || _self is not null)
            return;
        var seen = message.Look.Members.FirstOrDefault(member => member.Member.Is(rival))?.Member;
        if (seen is null or { Status: MemberStatus.Leaving })
            _rival = null;
        else if (seen.Beat != rival.Beat)
            Refused(new NodeNameInUseException(seen.Name, seen.Url));
    }

    private void Refused(ClusterRefusedException refusal)
    {
        LogRefused(_logger, refusal);
        _rival = null;
        if (!setup.State.Joined.IsCompleted)
        {
            Context.Timers.Cancel("join");
            setup.State.SetRefused(refusal);
            return;
        }

        JoinLater(_refusedPause);
    }

    private void JoinLater(TimeSpan delay) => Context.Timers.StartSingle("join", new Join(), delay);

    private void TryRenew()
    {
        if (_isRenewing || _self is not { } self)
            return;
        _isRenewing = true;
        var sentAt = setup.Time.GetTimestamp();
        Context.PipeTo(
            setup.Membership.RenewAsync(self, Context.Incarnation), isMember => new Renewed(self, sentAt, isMember), static cause => new RenewFailed(cause));
    }

    private void OnRenewed(Renewed message)
    {
        _isRenewing = false;
        if (_self is null || !message.Self.Is(_self))
            return;
        if (!message.IsMember)
        {
            Die();
            return;
        }

        _isFailing = false;
        Extend(message.SentAt);
        if (!_isSuspended || setup.Time.GetTimestamp() >= _deadline)
            return;
        _isSuspended = false;
        LogResumed(_logger);
        setup.State.Stand(_isLeaving ? Standing.Leaving : Standing.Serving);
        setup.Host.Resume();
    }

    private void OnRenewFailed(RenewFailed message)
    {
        _isRenewing = false;
        setup.Metrics.RenewalFailed();
        if (!_isFailing)
            LogRenewFailed(_logger, message.Cause);
        _isFailing = true;
        if (_self is not null)
            Context.Timers.StartSingle("renew-soon", new Renew(), _soon);
    }

    private void Extend(long sentAt)
    {
        var frequency = setup.Time.TimestampFrequency;
        _deadline = sentAt + (long)(setup.Options.Deadline.TotalSeconds * frequency);
        setup.State.Extend(sentAt, _deadline);
        var left = TimeSpan.FromSeconds((_deadline - setup.Time.GetTimestamp()) / (double)frequency);
        Context.Timers.StartSingle("deadline", new DeadlinePassed(), left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    private void OnDeadlinePassed()
    {
        if (_self is null || _isSuspended)
            return;
        _isSuspended = true;
        LogSuspended(_logger, setup.Options.DeadlineMs);
        setup.State.Stand(Standing.Suspended);
        setup.Host.Suspend();
    }

    private void Die()
    {
        LogDeclaredDead(_logger, _self!.Name, _self.Incarnation);
        setup.Metrics.IncarnationLost();
        _self = null;
        Context.Timers.CancelAll();
        setup.State.Stand(Standing.Dead);
        shards.Tell(ShardsActor.Abandon.Instance, Self);
    }
}
