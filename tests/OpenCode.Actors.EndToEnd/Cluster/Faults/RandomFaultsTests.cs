using System.Diagnostics;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Cluster.Faults;

/// <summary>Three nodes, users and clients on all of them, and a random fault every few seconds.</summary>
/// <remarks>
/// <c>OPENCODE_ACTORS_FAULTS</c> chooses faults by their names (with commas between them), <c>OPENCODE_ACTORS_SECONDS</c> how long it takes.
/// </remarks>
[Collection(HeavyTests.Name)]
public sealed class RandomFaultsTests(ITestOutputHelper output) : ServerTest(output)
{
    private const int Nodes = 3;
    private const int Sessions = 200;
    private const int IdleSessions = 60;
    private const int Clients = 300;
    private const int Workers = 12;
    private const int Sample = 4;

    // Each event of a probe goes to all clients: with shorter pauses the probes would be the load.
    private static readonly TimeSpan _betweenProbes = TimeSpan.FromMilliseconds(30);

    private static readonly TimeSpan _warmUp = TimeSpan.FromSeconds(Scale.Of(3, 8));

    private readonly Outages _outages = new();

    [SkippableFact]
    public async Task Random_faults_lose_no_event_and_no_session()
    {
        Needs.Postgres();
        var random = Randomness();
        var lasting = TimeSpan.FromSeconds(int.TryParse(Environment.GetEnvironmentVariable("OPENCODE_ACTORS_SECONDS"), System.Globalization.CultureInfo.InvariantCulture, out var seconds) ? seconds : Scale.Of(35, 600));
        await using var cluster = await FaultyCluster.StartAsync(Folder, Nodes);
        await using var witness = new Witness(cluster.Database);
        var history = new History(cluster.Database);
        await history.BeginAsync();
        using var workload = new Workload(cluster.Nodes, history) { IdleSessions = IdleSessions };
        await workload.CreateSessionsAsync(Sessions);
        var from = await history.HeadAsync();

        using var leave = new CancellationTokenSource();
        var observers = Enumerable.Range(0, Clients).Select(_ => new Observer(cluster.Nodes, history, random.Next())).ToList();
        var listening = observers.ConvertAll(o => Task.Run(() => o.ListenAsync(leave.Token)));
        await Eventually.TrueAsync(() => observers.TrueForAll(o => o.Through >= 0), "all clients connected", TimeSpan.FromSeconds(60));
        using var stop = new CancellationTokenSource();
        var working = Enumerable.Range(0, Workers).Select(_ => random.Next()).ToList().ConvertAll(seed => Task.Run(() => workload.WorkAsync(seed, stop.Token)));

        await Task.Delay(_warmUp);
        await HarmAsync(Fault.None, cluster, history, workload, witness, random);
        var clock = Stopwatch.StartNew();
        var faults = 0;
        foreach (var fault in Draw(random))
        {
            var began = clock.Elapsed;
            await HarmAsync(fault, cluster, history, workload, witness, random);
            faults++;
            var pause = began + TimeSpan.FromMilliseconds(random.Next(Scale.Of(2_000, 5_000), Scale.Of(6_000, 15_000))) - clock.Elapsed;
            await Task.Delay(pause > TimeSpan.Zero ? pause : TimeSpan.Zero);
            if (clock.Elapsed >= lasting || history.Blames.Count > 0)
                break;
        }

        var took = clock.Elapsed;
        await stop.CancelAsync();
        await Eventually.EndsAsync(Task.WhenAll(working), "the users to finish", TimeSpan.FromSeconds(60));
        _outages.Print(Output);
        witness.Print(Output);
        Assert.True(history.Blames.Count == 0, string.Join('\n', history.Blames));
        var (events, writes) = await EndAsync(cluster, history, workload, observers, from);
        await leave.CancelAsync();
        await Task.WhenAll(listening);
        Output.WriteLine($"{faults} faults in {took.TotalSeconds:0} s, {workload.Acknowledged} commands acknowledged, {workload.Unavailable} not taken, {events} events and {writes} writes checked, "
            + $"{observers.Sum(o => o.Connections)} connections of {Clients} clients, {observers.Sum(o => (long)o.Events)} events received.");
        Assert.True(history.Blames.Count == 0, string.Join('\n', history.Blames));
        _outages.AssertAsAsked();
    }

    /// <summary>Draws faults without end, all of them before one comes again.</summary>
    private static IEnumerable<Fault> Draw(Random random)
    {
        var named = Environment.GetEnvironmentVariable("OPENCODE_ACTORS_FAULTS")?.Split(',');
        Fault[] faults = [.. Fault.All.Where(fault => named?.Contains(fault.Name) != false)];
        Assert.NotEmpty(faults);
        while (true)
        {
            random.Shuffle(faults);
            foreach (var fault in faults)
                yield return fault;
        }
    }

    private static async Task<(long Events, long Writes)> EndAsync(FaultyCluster cluster, History history, Workload workload, List<Observer> observers, long from)
    {
        await cluster.ReadyAsync("at the end");
        using var api = new Api(cluster.Nodes[0].Root);
        await Eventually.TrueAsync(async () => !(await api.GetAsync("/session/status")).EnumerateObject().Any(), "all sessions idle", TimeSpan.FromSeconds(60));
        var head = await history.HeadAsync();
        await Eventually.TrueAsync(
            () => history.Blames.Count > 0 || observers.TrueForAll(o => o.Through >= head),
            $"all clients to have all up to {head}; least {observers.Min(o => o.Through)}",
            TimeSpan.FromSeconds(60));
        await workload.CheckAsync();
        return await history.CheckAsync(from);
    }

    private async Task HarmAsync(Fault fault, FaultyCluster cluster, History history, Workload workload, Witness witness, Random random)
    {
        var (node, sessions) = await DrawVictimAsync(cluster, workload, random);
        FaultyNode[] others = [.. cluster.Nodes.Where(other => other != node)];
        FaultyNode[] reachable = fault.IsReachable ? [.. others, node] : others;
        using var over = new CancellationTokenSource();
        var since = DateTime.UtcNow;
        var probes = sessions.ConvertAll(session => ProbeAsync(workload, history, witness, reachable, random.Next(2), session, over.Token));
        await fault.BeginAsync(cluster, node);
        await Task.Delay(random.Next(fault.LastsMs.Least, fault.LastsMs.Most));
        await over.CancelAsync();
        var ended = fault.EndAsync(cluster, node);
        var outages = await Task.WhenAll(probes);
        Output.WriteLine($"{since:HH:mm:ss.fff} {fault.Name}, {node.Name}: {string.Join(", ", outages.Select(static outage => $"{outage.Met.TotalMilliseconds:0}"))} ms");
        _outages.Add(fault, outages);
        await ended;
        await cluster.ReadyAsync(fault.Name);
    }

    // A claim follows a shard with the first message there, so some sessions are written to first; the node that has the most of them is harmed where all are without any.
    private static async Task<(FaultyNode Node, List<string> Sessions)> DrawVictimAsync(FaultyCluster cluster, Workload workload, Random random)
    {
        var drawn = workload.Sessions.Take(IdleSessions).OrderBy(_ => random.Next()).Take(6 * Sample).ToList();
        foreach (var session in drawn)
            await workload.WriteAsync(cluster.Nodes, random.Next(Nodes), session);
        var shards = await NodeRows.ShardsAsync(cluster.Database, "opencode_actors");
        var owned = cluster.Nodes.ToDictionary(node => node, node => drawn.FindAll(session => shards.TryGetValue(node.Name, out var of) && of.Contains(NodeRows.ShardOf(session))));
        var victim = cluster.Nodes[random.Next(Nodes)];
        victim = owned[victim].Count > 0 ? victim : owned.MaxBy(entry => entry.Value.Count).Key;
        return (victim, [.. owned[victim].Take(Sample)]);
    }

    // Writes again and again.
    private static async Task<Outage> ProbeAsync(Workload workload, History history, Witness witness, FaultyNode[] nodes, int first, string session, CancellationToken over)
    {
        var since = DateTime.UtcNow;
        var writes = new List<(DateTime End, TimeSpan Took)>();
        while (!over.IsCancellationRequested)
        {
            var took = await workload.WriteAsync(nodes, first, session);
            writes.Add((DateTime.UtcNow, took));
            await Task.Delay(_betweenProbes, CancellationToken.None);
        }

        return Outage.Of(writes, await history.ClaimedAsync(session, since), witness.LongestWait(since, DateTime.UtcNow));
    }
}
