using OpenCode.Actors.Clustering.Looks;
using OpenCode.Actors.Clustering.Members;
using OpenCode.Actors.Clustering.Placing;

namespace OpenCode.Actors.Clustering;

/// <summary>Supervises what makes this node a member. Its children know each other's state by messages, so one that fails takes the others with it.</summary>
internal sealed class ClusterActor(ClusterSetup setup) : Actor
{
    /// <summary>Give all shards away; answered with <see cref="Drained"/>.</summary>
    public sealed record Drain
    {
        public static Drain Instance { get; } = new();
    }

    public sealed record Drained
    {
        public static Drained Instance { get; } = new();
    }

    /// <summary>Be no member any more; answered with <see cref="Left"/>.</summary>
    public sealed record Leave
    {
        public static Leave Instance { get; } = new();
    }

    public sealed record Left
    {
        public static Left Instance { get; } = new();
    }

    private static readonly BackoffOptions _backoff = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));

    private IActorRef _member = null!;
    private IActorRef _looks = null!;

    protected override SupervisorStrategy SupervisorStrategy { get; } = new OneForOne(decider: static _ => Directive.Escalate);

    /// <summary>Starts it again where it fails, with a pause: that would be a mistake of ours, and costs an incarnation.</summary>
    public static Props PropsFor(ClusterSetup setup) => BackoffSupervisor.PropsFor(Props.Create(() => new ClusterActor(setup)), "node", _backoff);

    protected override async ValueTask PreStartAsync()
    {
        // After a failure, whatever was open stops here before this instance joins: it gets a new incarnation, and with it new tokens.
        if (setup.State.View.Self.Incarnation > 0)
            await setup.Host.CloseAsync([.. Enumerable.Range(0, setup.Options.ShardCount)], abandon: true, Context.Incarnation);

        var shards = Context.ActorOf(ShardsActor.PropsFor(setup), "shards");
        _member = Context.ActorOf(MemberActor.PropsFor(setup, shards), "member");
        _looks = Context.ActorOf(LookActor.PropsFor(setup, [_member, shards]), "looks");
    }

    protected override ValueTask PostStopAsync()
    {
        // The next instance does not know of it: whoever joins is not suspended.
        if (setup.State.Standing == Standing.Suspended)
            setup.Host.Resume();
        setup.State.Stand(Standing.Dead);
        setup.State.Close(Enumerable.Range(0, setup.Options.ShardCount));
        return ValueTask.CompletedTask;
    }

    protected override ValueTask ReceiveAsync(object message)
    {
        if (message is not (Drain or Leave))
            return Unhandled(message);

        // Who is no member has nothing to look for, and its connections close soon.
        if (message is Leave)
            Context.Stop(_looks);
        _member.Tell(message, Sender);
        return ValueTask.CompletedTask;
    }
}
