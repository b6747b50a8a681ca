using System.Diagnostics;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Cluster.Faults;

/// <summary>Issue 3, must show 1: three nodes, users and clients on all of them, and a fault at random every few seconds.</summary>
/// <remarks>
/// <c>OPENCODE_ACTORS_FAULTS</c> chooses faults by their names (with commas between them), <c>OPENCODE_ACTORS_SECONDS</c> how long it takes.
/// </remarks>
[Collection(HeavyTests.Name)]
public sealed class RandomFaultsTests(ITestOutputHelper output) : ServerTest(output)
{
    private const int Nodes = 3;
    private const int Sessions = 200;
    private const int Clients = 300;
    private const int Workers = 12;
    private const int Sample = 4;

    // Each event of a probe goes to all clients: faster, and the probes are the load.
    private static readonly TimeSpan _betweenProbes = TimeSpan.FromMilliseconds(30);

    private static readonly TimeSpan _warmUp = TimeSpan.FromSeconds(8);

    private readonly Outages _outages = new();

    [SkippableFact]
    public async Task Faults_at_random_lose_no_event_and_no_session()
    {
        Needs.Postgres();
        var random = Randomness();
        var lasting = TimeSpan.FromSeconds(int.TryParse(Environment.GetEnvironmentVariable("OPENCODE_ACTORS_SECONDS"), System.Globalization.CultureInfo.InvariantCulture, out var seconds) ? seconds : Scale.Of(60, 600));
        await using var cluster = await FaultyCluster.StartAsync(Folder, Nodes);
        await using var witness = new Witness(cluster.Database);
        var history = new History(cluster.Database);
        await history.BeginAsync();
        using var workload = new Workload(cluster.Nodes, history);
        await workload.CreateSessionsAsync(Sessions);
        var from = await history.HeadAsync();

        using var leave = new CancellationTokenSource();
        var observers = Enumerable.Range(0, Clients).Select(_ => new Observer(cluster.Nodes, history, random.Next())).ToList();
        var listening = observers.ConvertAll(o => Task.Run(() => o.ListenAsync(leave.Token)));
        await Eventually.TrueAsync(() => observers.TrueForAll(o => o.Through >= 0), "all clients connected", TimeSpan.FromSeconds(60));
        using var stop = new CancellationTokenSource();
        var working = Enumerable.Range(0, Workers).Select(_ => random.Next()).ToList().ConvertAll(seed => Task.Run(() => workload.WorkAsync(seed, stop.Token)));

        await Task.Delay(_warmUp);
        await HurtAsync(Fault.None, cluster, history, workload, witness, random);
        var clock = Stopwatch.StartNew();
        var faults = 0;
        foreach (var fault in Draw(random))
        {
            var began = clock.Elapsed;
            await HurtAsync(fault, cluster, history, workload, witness, random);
            faults++;
            var pause = began + TimeSpan.FromMilliseconds(random.Next(5_000, 15_000)) - clock.Elapsed;
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
        await EndAsync(cluster, history, workload, observers, from);
        await leave.CancelAsync();
        await Task.WhenAll(listening);
        Output.WriteLine($"{faults} faults in {took.TotalSeconds:0} s, {workload.Acknowledged} commands acknowledged, {workload.Unavailable} not taken, "
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

    private static async Task EndAsync(FaultyCluster cluster, History history, Workload workload, List<Observer> observers, long from)
    {
        using var api = new Api(cluster.Nodes[0].Root);
        await Eventually.TrueAsync(async () => !(await api.GetAsync("/session/status")).EnumerateObject().Any(), "all sessions idle", TimeSpan.FromSeconds(60));
        var head = await history.HeadAsync();
        await Eventually.TrueAsync(
            () => history.Blames.Count > 0 || observers.TrueForAll(o => o.Through >= head),
            $"all clients to have all up to {head}; least {observers.Min(o => o.Through)}",
            TimeSpan.FromSeconds(60));
        await workload.CheckAsync();
        await history.CheckAsync(from);
    }

    private async Task HurtAsync(Fault fault, FaultyCluster cluster, History history, Workload workload, Witness witness, Random random)
    {
        FaultyNode[] drawn = [.. cluster.Nodes];
        random.Shuffle(drawn);

        // One that has just come back may have nothing yet that could be missed.
        var owned = await OwnedAsync(cluster, workload, drawn[0]);
        if (owned.Count == 0)
        {
            (drawn[0], drawn[1]) = (drawn[1], drawn[0]);
            owned = await OwnedAsync(cluster, workload, drawn[0]);
        }

        var (node, others) = (drawn[0], drawn[1..]);
        FaultyNode[] reachable = fault.IsReachable ? [.. others, node] : others;
        using var over = new CancellationTokenSource();
        var since = DateTime.UtcNow;
        var probes = owned.OrderBy(_ => random.Next()).Take(Sample).ToList().ConvertAll(session => ProbeAsync(workload, history, witness, reachable, random.Next(2), session, over.Token));
        await fault.BeginAsync(cluster, node);
        await Task.Delay(random.Next(fault.LastsMs.Least, fault.LastsMs.Most));
        await over.CancelAsync();
        var ended = fault.EndAsync(cluster, node);
        var outages = await Task.WhenAll(probes);
        Output.WriteLine($"{since:HH:mm:ss.fff} {fault.Name}, {node.Name}: {string.Join(", ", outages.Select(static outage => $"{outage.Met.TotalMilliseconds:0}"))} ms");
        _outages.Add(fault, outages);
        await ended;
        await Eventually.TrueAsync(async () => await IsReadyAsync(node), $"{node.Name} to be ready again after {fault.Name}", TimeSpan.FromSeconds(60));
    }

    private static async Task<List<string>> OwnedAsync(FaultyCluster cluster, Workload workload, FaultyNode node)
    {
        var shards = (string?)await cluster.Database.ExecuteAsync($"SELECT coalesce(string_agg(part::text, ','), '') FROM opencode_actors.shard WHERE owner = '{node.Name}'");
        var owned = shards!.Split(',').ToHashSet(StringComparer.Ordinal);
        return workload.Sessions.FindAll(session => owned.Contains($"{History.ShardOf(session)}"));
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

        return Outage.Of(writes, await history.MovedAsync(session, since), witness.LongestWait(since, DateTime.UtcNow));
    }

    private static async Task<bool> IsReadyAsync(FaultyNode node)
    {
        try
        {
            using var api = new Api(node.Root);
            using var request = new HttpRequestMessage(HttpMethod.Get, "/health/ready");
            using var response = await api.SendAsync(request);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
