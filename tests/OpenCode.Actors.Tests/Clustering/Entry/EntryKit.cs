using Akka.Actor;
using OpenCode.Actors.Clustering.Entry;
using OpenCode.Actors.Clustering.Members;
using OpenCode.Actors.Clustering.Metrics;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Tests.Sessions;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Clustering.Entry;

/// <summary>The entry alone: probes take the places of the shard region, the index and the client.</summary>
public abstract class EntryKit : HubTestKit
{
    private protected static readonly TimeSpan HoldFor = TimeSpan.FromSeconds(8);

    private readonly IdFactory _ids;

    protected EntryKit()
    {
        _ids = new IdFactory(Time, Entropy.Fill);
        Session = _ids.NewSession();
        Standing = new NodeStanding(Time);
        Standing.Join();
        Region = CreateProbe();
        Client = CreateProbe();
    }

    private protected SessionId Session { get; }

    private protected NodeStanding Standing { get; }

    private protected HubProbe Region { get; }

    private protected HubProbe Client { get; }

    private protected CountingMeters Meters { get; } = new();

    private protected Update Rename { get; } = new(new UpdateSession { Title = "T" });

    private protected Aborted Answer { get; } = new(7);

    /// <summary>Starts an entry that asks no index.</summary>
    private protected IActorRef StartEntry(int maxHeldCommands = 100, long maxHeldBytes = 64 << 20, LargeCommands? large = null, Func<SessionId, object?>? forgetHome = null) => Spawn(
        EntryActor.PropsFor(new EntrySetup(Region.Ref, Standing.Availability, new ClusterMetrics(Meters), Time, Entropy, maxHeldCommands, maxHeldBytes) { Large = large, ForgetHome = forgetHome }));

    private protected SessionId NewSession() => _ids.NewSession();

    private protected void Send(IActorRef entry, ISessionCommand command) => Client.Send(entry, new Deliver(Session, command));

    /// <summary>Takes the next copy that the region got. Until then the session answers that it is awake.</summary>
    private protected Named ExpectCopy() => Assert.IsType<Named>(ExpectCommand());

    private protected void ExpectProbe() => Region.Expect<Deliver>(probe => probe.SessionId == Session && probe.Command is Wake);

    private protected object ExpectCommand()
    {
        while (true)
        {
            var command = Region.Expect<Deliver>(copy => copy.SessionId == Session).Command;
            if (command is not Wake)
                return command;

            Region.Reply(new Awake(Session));
        }
    }

    /// <summary>Tells after how many milliseconds the session was asked whether it can be reached, until the time given. It does not answer.</summary>
    private protected List<int> ProbeTimes(TimeSpan until)
    {
        var began = Time.GetTimestamp();
        var times = new List<int>();
        while (until - Time.GetElapsedTime(began) is { Ticks: > 0 } left)
        {
            Time.Advance(left < TimeSpan.FromMilliseconds(1) ? left : TimeSpan.FromMilliseconds(1));
            while (Region.Count > 0)
            {
                Region.Expect<Deliver>(probe => probe.Command is Wake);
                times.Add((int)Time.GetElapsedTime(began).TotalMilliseconds);
            }
        }

        return times;
    }

    /// <summary>The database has answered just now.</summary>
    private protected void BeFresh() => Standing.Answered(new NodeLook(NodeStatus.Up, []), Time.GetTimestamp());

    protected override void AfterAll()
    {
        Meters.Dispose();
        base.AfterAll();
    }
}
