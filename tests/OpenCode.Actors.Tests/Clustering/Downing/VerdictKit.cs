using Akka.Actor;
using Akka.Cluster;
using OpenCode.Actors.Clustering.Downing;
using OpenCode.Actors.Clustering.Members;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Tests.Journal.Memory;

namespace OpenCode.Actors.Tests.Clustering.Downing;

/// <summary>A node with one peer, and what that one, its port and its row do.</summary>
public abstract class VerdictKit : ClusterKit, IPeers, IPortProbe
{
    private protected static readonly Address Address2 = Address.Parse("akka.tcp://opencode@10.0.0.1:7002");
    private protected static readonly UniqueAddress N2 = new(Address2, 2);

    private NodeLook? _looks;

    protected VerdictKit() => Second = new MemoryArbiter(Rows, Time);

    private protected List<UniqueAddress> Removed { get; } = [];

    /// <summary>Gets the arbiter of another node.</summary>
    private protected MemoryArbiter Second { get; }

    private protected List<Peer> Others { get; set; } = [new(N2, true, true)];

    private protected PortAnswer Port { get; set; } = PortAnswer.Silent;

    private protected IActorRef Actor { get; private set; } = ActorRefs.Nobody;

    IReadOnlyList<Peer> IPeers.Others => [.. Others.Where(peer => !Removed.Contains(peer.Node))];

    public bool HasFirst { get; set; } = true;

    void IPeers.Remove(UniqueAddress node) => Removed.Add(node);

    ValueTask<PortAnswer> IPortProbe.AskAsync(Address address, TimeSpan limit, CancellationToken cancellationToken) => new(Port);

    // As the look does, while n2 does not.
    private protected async Task LookForAsync(TimeSpan time)
    {
        var interval = TimeSpan.FromMilliseconds(400);
        _looks = null;
        for (var passed = TimeSpan.Zero; passed < time; passed += interval)
        {
            await LookAsync();
            Time.Advance(interval);
        }
    }

    private protected async Task StartAsync()
    {
        await BecomeReadyAsync();
        await JoinAsync(Second, Describe("n2", 2, 7002));
        await LookAsync();
        Actor = Spawn(VerdictActor.PropsFor(this, Setup()));
        await RunDryAsync();
        Time.Advance(TimeSpan.FromMilliseconds(10));

        // As the look does, all the time. What it saw is not seen anew.
        _looks = Standing.Now.Look! with { IsNoted = false };
        Time.CreateTimer(_ => AnswerAgain(), null, TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(300));
    }

    private void AnswerAgain()
    {
        if (_looks is not null)
            Standing.Answered(_looks, Time.GetTimestamp());
    }

    private protected VerdictSetup Setup() => new(Arbiter, Standing, this, static () => 0, Metrics, Time, Logs);

    private protected async Task LookAsync()
    {
        var look = await Arbiter.LookAsync(0, CancellationToken.None);
        Standing.Answered(look, Time.GetTimestamp());
        if (_looks is not null)
            _looks = look with { IsNoted = false };
    }

    private protected void Unreachable() => Others = [new(N2, true, false)];

    private protected NodeStatus RowOf(string name) => Rows.Rows.Single(row => row.Description.Identity.Name == name).Status;
}
