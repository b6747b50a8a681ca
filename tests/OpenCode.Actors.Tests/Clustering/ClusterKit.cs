using OpenCode.Actors.Clustering.Members;
using OpenCode.Actors.Clustering.Metrics;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Tests.Journal.Memory;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Tests.Specifications;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Clustering;

/// <summary>Actors of a node on one thread and virtual time, without Akka's cluster: a test plays the others.</summary>
public abstract class ClusterKit : HubTestKit
{
    protected ClusterKit()
    {
        Standing = new NodeStanding(Time, reason => Deaths.Add(reason));
        Metrics = new ClusterMetrics(Meters);
        Rows = new MemoryArbiterDatabase(Time);
        Arbiter = new MemoryArbiter(Rows, Time);
    }

    internal RecordingMeters Meters { get; } = new();

    internal ClusterMetrics Metrics { get; }

    internal NodeStanding Standing { get; }

    internal MemoryArbiterDatabase Rows { get; }

    internal MemoryArbiter Arbiter { get; }

    /// <summary>Gets why the process would have ended.</summary>
    internal List<string> Deaths { get; } = [];

    internal static NodeDescription Describe(string name, int uid, int port) =>
        new(new NodeIdentity(name, uid, $"akka.tcp://opencode@10.0.0.1:{port}"), 4, "1", "/proj", $"tag-{name}");

    /// <summary>Has a node admitted and set up.</summary>
    internal static async Task JoinAsync(IArbiter arbiter, NodeDescription node)
    {
        await arbiter.AdmitAsync(node, static (_, _) => new ValueTask<bool>(false), CancellationToken.None);
        await arbiter.ConfirmUpAsync(CancellationToken.None);
    }

    /// <summary>Has this node join, as n1, alone.</summary>
    internal async Task BecomeReadyAsync()
    {
        await JoinAsync(Arbiter, Describe("n1", 1, 7001));
        Standing.Join();
        Standing.Answered(await Arbiter.LookAsync(0, CancellationToken.None), Time.GetTimestamp());
    }

    internal SessionId NewSession() => new IdFactory(Time, Entropy.Fill).NewSession();

    protected override void AfterAll()
    {
        Meters.Dispose();
        base.AfterAll();
    }
}
