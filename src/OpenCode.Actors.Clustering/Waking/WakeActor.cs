using Akka.Actor;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.Clustering.Waking;

/// <summary>Wakes sessions with an unfinished turn and resumes interrupted deletions: at the start, after a change of members, and every 10 s (rule "Unfinished turns are woken").</summary>
/// <remarks>Sharding starts a session of a lost shard at its next message only. The index gets the answers: it learns the status of what it knew from the rows alone.</remarks>
internal sealed class WakeActor : ReceiveActor, IWithTimers
{
    // A wake that is sent while the coordinator does not know of the loss yet is dropped, and the list of members may lag behind as well: soon again, then as always.
    private const int HurriedTimes = 3;

    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _soon = TimeSpan.FromSeconds(1);

    private readonly IActorRef _region;
    private readonly IActorRef _index;
    private readonly Func<IReadOnlyList<string>> _members;
    private readonly string _me;
    private int _hurried;

    /// <summary>Initializes a new instance of the <see cref="WakeActor"/> class.</summary>
    /// <param name="region">Akka's shard region.</param>
    /// <param name="index">Knows the unfinished turns.</param>
    /// <param name="me">The address of this node.</param>
    /// <param name="members">Gets the addresses of the members that are up, this one too.</param>
    public WakeActor(IActorRef region, IActorRef index, string me, Func<IReadOnlyList<string>> members)
    {
        (_region, _index, _me, _members) = (region, index, me, members);

        Receive<MemberGone>(_ => Hurry());
        Receive<Due>(_ => Ask());
        Receive<SoonAgain>(_ => AskSoonAgain());
        Receive<IndexQuery.Unfinished>(OnUnfinished);
        ReceiveAny(static _ => { }); // A refusal of the index, or the end of a deletion: in 10 s the index tells what is left.
    }

    /// <summary>The members have changed.</summary>
    public sealed record MemberGone;

    private sealed record Due;

    private sealed record SoonAgain;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(IActorRef region, IActorRef index, string me, Func<IReadOnlyList<string>> members) =>
        Props.Create(() => new WakeActor(region, index, me, members));

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(nameof(Due), new Due(), _interval);
        Hurry();
    }

    private void Hurry()
    {
        _hurried = HurriedTimes;
        Ask();
        Timers.StartSingleTimer(nameof(SoonAgain), new SoonAgain(), _soon);
    }

    private void AskSoonAgain()
    {
        Ask();
        if (--_hurried > 0)
            Timers.StartSingleTimer(nameof(SoonAgain), new SoonAgain(), _soon);
    }

    private void Ask() => _index.Tell(new IndexQuery.ListUnfinished());

    // Each session has one node that wakes it, the same by all nodes' count. Where they disagree for a moment, a second wake does nothing.
    private void OnUnfinished(IndexQuery.Unfinished message)
    {
        var members = _members();
        foreach (var id in message.Sessions)
        {
            if (IsMine(id, members))
                _region.Tell(new Deliver(id, new Wake()), _index);
        }

        foreach (var id in message.Deletions)
        {
            if (IsMine(id, members))
                _index.Tell(new IndexQuery.Delete(id));
        }
    }

    private bool IsMine(SessionId id, IReadOnlyList<string> members) => Rendezvous.Choose(id.Value, members) is not { } chosen || chosen == _me;
}
