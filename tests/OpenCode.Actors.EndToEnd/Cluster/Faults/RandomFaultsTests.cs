using System.Diagnostics;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Cluster.Faults;

/// <summary>Issue 3, must show 1: three nodes, users and clients on all of them, and a fault at random every few seconds.</summary>
[Collection(HeavyTests.Name)]
[Trait("Scale", "Full")]
public sealed class RandomFaultsTests(ITestOutputHelper output) : ServerTest(output)
{
    private const int Nodes = 3;
    private const int Sessions = 200;
    private const int Clients = 300;
    private const int Workers = 12;
    private const int Sample = 5;

    private readonly Dictionary<string, List<double>> _outages = [];

    [SkippableFact]
    public async Task Faults_at_random_lose_no_event_and_no_session()
    {
        Needs.Postgres();
        Skip.IfNot(Scale.IsFull, "Left out: ten minutes of faults are for tests/measure.sh faults.");
        var random = Randomness();
        var lasting = TimeSpan.FromSeconds(Scale.Of(60, 600));
        await using var cluster = await FaultyCluster.StartAsync(Folder, Nodes);
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

        var clock = Stopwatch.StartNew();
        var faults = 0;
        for (; clock.Elapsed < lasting && history.Blames.Count == 0; faults++)
        {
            await Task.Delay(random.Next(2_000, 6_000));
            await HurtAsync(cluster, workload, random);
        }

        await stop.CancelAsync();
        await Eventually.EndsAsync(Task.WhenAll(working), "the users to finish", TimeSpan.FromSeconds(60));
        Assert.True(history.Blames.Count == 0, string.Join('\n', history.Blames));
        await EndAsync(cluster, history, workload, observers, from);
        await leave.CancelAsync();
        await Task.WhenAll(listening);
        Output.WriteLine($"{faults} faults in {clock.Elapsed.TotalSeconds:0} s, {workload.Acknowledged} commands acknowledged, {workload.Unavailable} not taken, "
            + $"{observers.Sum(o => o.Connections)} connections of {Clients} clients, {observers.Sum(o => (long)o.Events)} events received.");
        foreach (var (fault, times) in _outages)
        {
            times.Sort();
            Output.WriteLine($"{fault}: {times.Count} sessions of the hurt node writable again after {times[times.Count / 2]:0} ms (median), {times[(int)(times.Count * 0.99)]:0} ms (p99), {times[^1]:0} ms (most).");
        }

        Assert.True(history.Blames.Count == 0, string.Join('\n', history.Blames));
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

    private async Task HurtAsync(FaultyCluster cluster, Workload workload, Random random)
    {
        if (random.Next(8) == 0)
        {
            await (random.Next(2) == 0 ? cluster.Database.StopAsync() : cluster.Database.CrashAsync());
            await cluster.Database.StartAgainAsync();
            return;
        }

        var (node, fault) = (cluster.Nodes[random.Next(Nodes)], Fault.OfNodes[random.Next(Fault.OfNodes.Count)]);
        var helper = cluster.Nodes[(cluster.Nodes.ToList().IndexOf(node) + 1 + random.Next(Nodes - 1)) % Nodes];
        var owned = await OwnedAsync(cluster, workload, node);
        using var over = new CancellationTokenSource();
        var probes = owned.OrderBy(_ => random.Next()).Take(Sample).ToList().ConvertAll(session => ProbeAsync(workload, helper, session, over.Token));
        await fault.BeginAsync(node);
        await Task.Delay(fault.Name is Fault.Kill or Fault.Stop ? random.Next(1_000, 3_000) : random.Next(6_500, 8_000));
        await fault.EndAsync(node);
        await over.CancelAsync();
        var longest = await Task.WhenAll(probes);
        if (!_outages.TryGetValue(fault.Name, out var outages))
        {
            _outages.Add(fault.Name, outages = []);
        }

        outages.AddRange(longest.Select(l => l.TotalMilliseconds));
        await Eventually.TrueAsync(async () => await IsReadyAsync(node), $"{node.Name} to be ready again after {fault.Name}", TimeSpan.FromSeconds(60));
    }

    private static async Task<List<string>> OwnedAsync(FaultyCluster cluster, Workload workload, FaultyNode node)
    {
        var shards = (string?)await cluster.Database.ExecuteAsync($"SELECT string_agg(part::text, ',') FROM opencode_actors.shard WHERE owner = '{node.Name}'");
        var owned = (shards ?? "").Split(',').ToHashSet(StringComparer.Ordinal);
        return workload.Sessions.FindAll(session => owned.Contains($"{History.ShardOf(session)}"));
    }

    // Writes again and again; the longest write is the time in which the session was not to be had.
    private static async Task<TimeSpan> ProbeAsync(Workload workload, FaultyNode node, string session, CancellationToken over)
    {
        var longest = TimeSpan.Zero;
        while (!over.IsCancellationRequested)
        {
            var took = await workload.WriteAsync(node, session, CancellationToken.None);
            longest = took > longest ? took : longest;
            await Task.Delay(5, CancellationToken.None);
        }

        return longest;
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
