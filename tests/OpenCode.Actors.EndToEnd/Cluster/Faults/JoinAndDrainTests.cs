using System.Diagnostics;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Cluster.Faults;

/// <summary>A node joins and a node drains while users and clients are at work.</summary>
[Collection(HeavyTests.Name)]
public sealed class JoinAndDrainTests(ITestOutputHelper output) : ServerTest(output)
{
    // So many that every one of the 64 shards has some.
    private const int Sessions = 600;
    private const double Even = 64 / 3.0;
    private const int Workers = 6;

    private readonly List<Observer> _observers = [];

    [SkippableFact]
    public async Task A_node_that_joins_gets_its_share_and_one_that_drains_gives_it_back_and_no_command_fails_and_no_event_is_missed()
    {
        Needs.Postgres();
        var random = Randomness();
        await using var cluster = await FaultyCluster.StartAsync(Folder, 3, started: 2);
        var history = new History(cluster.Database);
        await using var witness = new Witness(cluster.Database);
        await history.BeginAsync();
        var (joining, staying) = (cluster.Nodes[2], cluster.Nodes.Take(2).ToList());
        using var workload = new Workload(staying, history);
        await workload.CreateSessionsAsync(Sessions);
        var from = await history.HeadAsync();
        using var leave = new CancellationTokenSource();
        var listening = Listen(staying, Scale.Of(30, 150), history, random, leave.Token);
        await AllConnectedAsync();
        using var stop = new CancellationTokenSource();
        var working = Enumerable.Range(0, Workers).Select(_ => random.Next()).ToList().ConvertAll(seed => Task.Run(() => workload.WorkAsync(seed, stop.Token)));
        var longest = Task.Run(() => LongestWriteAsync(workload, staying, stop.Token));

        await JoinAsync(cluster, joining);
        Assert.Equal(_observers.Count, _observers.Sum(o => o.Connections)); // no stream was cut

        listening.AddRange(Listen([joining], Scale.Of(40, 150), history, random, leave.Token, thenAny: cluster.Nodes));
        await AllConnectedAsync();
        await DrainAsync(cluster, joining);

        await stop.CancelAsync();
        await Eventually.EndsAsync(Task.WhenAll(working), "the users to finish", TimeSpan.FromSeconds(60));
        Output.WriteLine($"{workload.Acknowledged} commands acknowledged, {workload.Unavailable} not taken; the longest of the writes one by one took {(await longest).TotalMilliseconds:0} ms.");
        using (var api = new Api(cluster.Nodes[0].Root))
            await Eventually.TrueAsync(async () => !(await api.GetAsync("/session/status")).EnumerateObject().Any(), "all sessions idle", TimeSpan.FromSeconds(60));
        await EndAsync(history, workload, from);
        await leave.CancelAsync();
        await Task.WhenAll(listening);
        Assert.DoesNotContain(workload.Refusals, refusal => !refusal.Is503 || !witness.Excuses(refusal.At));
        Assert.True(history.Blames.Count == 0, string.Join('\n', history.Blames));
    }

    private async Task JoinAsync(FaultyCluster cluster, FaultyNode joining)
    {
        var clock = Stopwatch.StartNew();
        await joining.StartAsync();
        var joined = clock.Elapsed;
        var shares = await SharesAsync(cluster);
        while (shares.Count < cluster.Nodes.Count || shares.Values.Any(n => Math.Abs(n - Even) > 2))
        {
            Assert.True(clock.Elapsed < Scale.Bound(30), $"After {clock.Elapsed.TotalSeconds:0} s the shards are still with {string.Join(", ", shares)}. The log of the node that joined: {joining.Process.Log}");
            await Task.Delay(100);
            shares = await SharesAsync(cluster);
        }

        Output.WriteLine($"Join: listening after {joined.TotalSeconds:0.0} s, shards within ±2 of even after {clock.Elapsed.TotalSeconds:0.0} s ({string.Join(", ", shares)}).");
    }

    private async Task DrainAsync(FaultyCluster cluster, FaultyNode leaving)
    {
        var clients = _observers.FindAll(o => o.Lost is null && o.Connections == 1).TakeLast(Scale.Of(40, 150)).ToList();
        var clock = Stopwatch.StartNew();
        await leaving.StopAsync();
        var ended = clock.Elapsed;
        await Eventually.TrueAsync(() => clients.TrueForAll(o => o.Lost is { } lost && o.Since > lost.At), "all clients of the node to be elsewhere");
        var lost = clients.ConvertAll(o => o.Lost!.Value.At);
        var spread = Stopwatch.GetElapsedTime(lost.Min(), lost.Max());
        var atOnce = lost.Max(at => lost.Count(other => other >= at && Stopwatch.GetElapsedTime(at, other) < TimeSpan.FromMilliseconds(100)));
        var away = clients.Max(o => Stopwatch.GetElapsedTime(o.Lost!.Value.At, o.Since));
        Output.WriteLine($"Drain: ended after {ended.TotalSeconds:0.0} s; its {clients.Count} clients were reset over {spread.TotalMilliseconds:0} ms, at most {atOnce} of them within 100 ms, "
            + $"and were back elsewhere after at most {away.TotalMilliseconds:0} ms.");

        await cluster.ReadyAsync("a drain");
        Assert.Equal(2, await cluster.MembersAsync());
    }

    private List<Task> Listen(IReadOnlyList<FaultyNode> nodes, int count, History history, Random random, CancellationToken leave, IReadOnlyList<FaultyNode>? thenAny = null)
    {
        var added = Enumerable.Range(0, count).Select(_ => new Observer(nodes, history, random.Next()) { Others = thenAny }).ToList();
        _observers.AddRange(added);
        return added.ConvertAll(o => Task.Run(() => o.ListenAsync(leave), CancellationToken.None));
    }

    private Task AllConnectedAsync() => Eventually.TrueAsync(() => _observers.TrueForAll(o => o.Through >= 0), "all clients connected", TimeSpan.FromSeconds(60));

    private async Task EndAsync(History history, Workload workload, long from)
    {
        var head = await history.HeadAsync();
        await Eventually.TrueAsync(
            () => history.Blames.Count > 0 || _observers.TrueForAll(o => o.Through >= head), $"all clients to have all up to {head}; least {_observers.Min(o => o.Through)}", TimeSpan.FromSeconds(60));
        await workload.CheckAsync();
        var (events, writes) = await history.CheckAsync(from);
        Output.WriteLine($"{events} events, {writes} writes checked; {_observers.Sum(o => (long)o.Events)} events received by {_observers.Count} clients.");
    }

    // By the claims, which follow a shard with the first message there: all sessions are written to all the time.
    private static async Task<Dictionary<string, int>> SharesAsync(FaultyCluster cluster) =>
        (await NodeRows.ShardsAsync(cluster.Database, "opencode_actors")).ToDictionary(owned => owned.Key, owned => owned.Value.Count);

    private static async Task<TimeSpan> LongestWriteAsync(Workload workload, List<FaultyNode> nodes, CancellationToken stop)
    {
        var longest = TimeSpan.Zero;
        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            var took = await workload.WriteAsync(nodes, n % nodes.Count, workload.Sessions[n % workload.Sessions.Count]);
            longest = took > longest ? took : longest;
        }

        return longest;
    }
}
