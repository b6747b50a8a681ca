using Microsoft.Extensions.Logging;
using OpenCode.Actors.Clustering.Placing;

namespace OpenCode.Actors.Clustering.Looks;

/// <summary>Looks at the database again and again, at each hint and when asked; tells the others what it saw, and declares dead who is.</summary>
/// <remarks>One look is under way at a time. It is on no other's way: a takeover that waits for a lock does not hold up the next look.</remarks>
internal sealed partial class LookActor(ClusterSetup setup, IReadOnlyList<IActorRef> readers) : Actor
{
    public sealed record LookNow
    {
        public static LookNow Instance { get; } = new();
    }

    /// <summary>Told to the readers.</summary>
    /// <param name="Look">What was seen.</param>
    /// <param name="SentAt">When it was asked for.</param>
    /// <param name="Awake">Members that are up and not late with their beat, this node among them.</param>
    /// <param name="IsTold">Whether a hint has told of shards since it was sent: who gives by the members of before may meet one that leaves.</param>
    public sealed record Looked(ClusterLook Look, long SentAt, IReadOnlyList<Member> Awake, bool IsTold);

    private sealed record Seen(ClusterLook Look, long SentAt);

    private sealed record LookFailed(Exception Cause);

    /// <summary>Rows that this node has changed itself: everybody here knows them by that, without a look.</summary>
    public sealed record Learn(IReadOnlyList<ShardRow> Shards);

    private sealed record Hinted(ClusterHint Hint);

    private sealed record HintFailed;

    private sealed record ListenAgain;

    private sealed record Probed(Member Member, Reach Reach);

    private sealed record Declared(Member Member, bool ByUs);

    private sealed record DeclareFailed(Member Member, Exception Cause);

    private static readonly TimeSpan _listenAgainAfter = TimeSpan.FromSeconds(1);

    private readonly Reaper _reaper = new(setup.Options, setup.Time);
    private readonly KnownShards _known = new();
    private readonly ILogger _logger = setup.Loggers.CreateLogger<LookActor>();
    private Looked? _last;
    private long _toldAt = long.MinValue;
    private bool _isLooking;
    private bool _isAskedAgain;
    private bool _isFailing;
    private bool _isDeclaring;

    public static Props PropsFor(ClusterSetup setup, IReadOnlyList<IActorRef> readers) =>
        Props.Create(() => new LookActor(setup, readers)).WithMailbox(MailboxOptions.Conflating(static message => message as LookNow));

    protected override ValueTask PreStartAsync()
    {
        setup.State.SetLooks(Self);
        Context.Timers.StartWithFixedDelay("look", LookNow.Instance, setup.Options.Look);
        Look();
        Listen();
        return ValueTask.CompletedTask;
    }

    protected override ValueTask ReceiveAsync(object message)
    {
        switch (message)
        {
            case LookNow:
                Look();
                break;
            case Hinted m:
                OnHinted(m.Hint);
                break;
            case Learn m:
                OnTold(m.Shards);
                break;
            case Seen m:
                OnSeen(m);
                break;
            case LookFailed m:
                OnLookFailed(m);
                break;
            case Probed { Reach: Reach.Refused } m:
                LogProcessGone(_logger, m.Member.Name, m.Member.Incarnation, m.Member.Url);
                DeclareDead(m.Member);
                break;
            case Probed:
                break;
            case Declared m:
                OnDeclared(m);
                break;
            case DeclareFailed m:
                _isDeclaring = false;
                LogDeclareFailed(_logger, m.Member.Name, m.Member.Incarnation, m.Cause);
                break;
            case HintFailed:
                Context.Timers.StartSingle("listen", new ListenAgain(), _listenAgainAfter);
                break;
            case ListenAgain:
                Listen();
                break;
            default:
                return Unhandled(message);
        }

        return ValueTask.CompletedTask;
    }

    private void Look()
    {
        _isAskedAgain = _isLooking;
        if (_isLooking)
            return;
        _isLooking = true;
        var sentAt = setup.Time.GetTimestamp();
        Context.PipeTo(setup.Membership.LookAsync(Context.Incarnation), look => new Seen(look, sentAt), static cause => new LookFailed(cause));
    }

    private void Listen() =>
        Context.PipeTo(setup.Membership.WaitForHintAsync(Context.Incarnation), static hint => new Hinted(hint), static _ => new HintFailed());

    private void OnSeen(Seen message)
    {
        _isLooking = false;
        if (_isFailing)
            LogLooksAgain(_logger);
        _isFailing = false;

        _known.See(message.Look);
        var (dead, toProbe, begunAnew) = _reaper.Saw(message.Look, message.SentAt, setup.State.View.Self);
        if (begunAnew is not null)
            LogBegunAnew(_logger, begunAnew);
        List<Member> awake =
        [
            .. message.Look.Members.Select(static seen => seen.Member).Where(member => member.Status == MemberStatus.Up && !_reaper.IsSilent(member)),
        ];
        Show(new Looked(message.Look, message.SentAt, awake, IsTold: false));
        foreach (var member in toProbe)
            Context.PipeTo(setup.Reachability.ProbeAsync(member.Url, Context.Incarnation), reach => new Probed(member, reach), _ => new Probed(member, Reach.Unknown));
        if (dead.Count > 0 && !_isDeclaring)
        {
            LogSilent(_logger, dead[0].Name, dead[0].Incarnation, setup.Options.LeaseMs);
            DeclareDead(dead[0]);
        }

        if (_isAskedAgain)
            Look();
    }

    /// <summary>A hint that says all there is to know takes effect at once; a look later finds the same.</summary>
    private void OnHinted(ClusterHint hint)
    {
        Listen();
        OnTold(hint.Shards);
        if (hint.IsMore)
            Look();
    }

    private void OnTold(IReadOnlyList<ShardRow> shards)
    {
        if (_last is not { } last || !_known.Take(shards))
            return;
        _toldAt = setup.Time.GetTimestamp();
        Show(last);
    }

    private void Show(Looked looked)
    {
        _last = looked with { Look = looked.Look with { Shards = _known.Rows }, IsTold = looked.SentAt <= _toldAt };
        setup.State.See(_last.Look);
        foreach (var reader in readers)
            reader.Tell(_last, Self);
    }

    private void OnLookFailed(LookFailed message)
    {
        _isLooking = false;
        _reaper.LookFailed();
        setup.Metrics.LookFailed();
        if (!_isFailing)
            LogLookFailed(_logger, message.Cause);
        _isFailing = true;
    }

    private void DeclareDead(Member member)
    {
        if (_isDeclaring)
            return;
        _isDeclaring = true;
        Context.PipeTo(
            setup.Membership.DeclareDeadAsync(member, Context.Incarnation), byUs => new Declared(member, byUs), cause => new DeclareFailed(member, cause));
    }

    private void OnDeclared(Declared message)
    {
        _isDeclaring = false;
        if (message.ByUs)
        {
            setup.Metrics.TookOver();
            LogDeclared(_logger, message.Member.Name, message.Member.Incarnation);
        }

        Look();
    }

    [LoggerMessage(EventId = 4001, Level = LogLevel.Warning, Message = "The members cannot be looked at: nobody is declared dead, and the view stays as it is. It is tried again.")]
    private static partial void LogLookFailed(ILogger logger, Exception cause);

    [LoggerMessage(EventId = 4002, Level = LogLevel.Information, Message = "The members can be looked at again.")]
    private static partial void LogLooksAgain(ILogger logger);

    [LoggerMessage(EventId = 4003, Level = LogLevel.Warning, Message = "Node {Name} (incarnation {Incarnation}) has not renewed its lease for {LeaseMs} ms.")]
    private static partial void LogSilent(ILogger logger, string name, long incarnation, int leaseMs);

    [LoggerMessage(EventId = 4004, Level = LogLevel.Warning, Message = "The process of node {Name} (incarnation {Incarnation}) is gone: its lock is free, and {Url} refuses connections.")]
    private static partial void LogProcessGone(ILogger logger, string name, long incarnation, Uri url);

    [LoggerMessage(EventId = 4005, Level = LogLevel.Warning, Message = "Node {Name} (incarnation {Incarnation}) is declared dead; its shards have new owners.")]
    private static partial void LogDeclared(ILogger logger, string name, long incarnation);

    [LoggerMessage(EventId = 4006, Level = LogLevel.Warning, Message = "Node {Name} (incarnation {Incarnation}) could not be declared dead. It is tried again.")]
    private static partial void LogDeclareFailed(ILogger logger, string name, long incarnation, Exception cause);

    [LoggerMessage(EventId = 4007, Level = LogLevel.Information, Message = "How long the others have been silent is counted anew: {Reason}.")]
    private static partial void LogBegunAnew(ILogger logger, string reason);
}
