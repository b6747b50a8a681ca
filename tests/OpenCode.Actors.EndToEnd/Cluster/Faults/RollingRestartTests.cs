using System.Diagnostics;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Cluster.Faults;

/// <summary>Nodes are restarted one by one as another build while users and clients are at work.</summary>
/// <remarks><c>tests/measure.sh rolling</c> builds the old program and names it; otherwise the old one is this one.</remarks>
[Collection(HeavyTests.Name)]
public sealed class RollingRestartTests(ITestOutputHelper output) : ServerTest(output)
{
    private static readonly string? _old = Environment.GetEnvironmentVariable("OPENCODE_ACTORS_OLD_SERVER");

    [SkippableFact]
    public async Task A_rolling_restart_loses_no_event_fails_no_command_and_gaps_no_stream()
    {
        Needs.Postgres();
        var random = Randomness();
        await using var cluster = await FaultyCluster.StartAsync(Folder, 3, serverDll: _old);
        var before = await SchemaAsync(cluster);
        var history = new History(cluster.Database);
        await history.BeginAsync();
        using var workload = new Workload(cluster.Nodes, history) { IsInsisting = true };
        await workload.CreateSessionsAsync(Scale.Of(40, 200));
        var from = await history.HeadAsync();
        using var leave = new CancellationTokenSource();
        var observers = Enumerable.Range(0, Scale.Of(30, 300)).Select(_ => new Observer(cluster.Nodes, history, random.Next())).ToList();
        var listening = observers.ConvertAll(o => Task.Run(() => o.ListenAsync(leave.Token)));
        await Eventually.TrueAsync(() => observers.TrueForAll(o => o.Through >= 0), "all clients connected", TimeSpan.FromSeconds(60));
        using var stop = new CancellationTokenSource();
        var working = Enumerable.Range(0, Scale.Of(6, 12)).Select(_ => random.Next()).ToList().ConvertAll(seed => Task.Run(() => workload.WorkAsync(seed, stop.Token)));

        foreach (var node in cluster.Nodes)
        {
            await Task.Delay(TimeSpan.FromSeconds(Scale.Of(1, 10)));
            var clock = Stopwatch.StartNew();
            await node.StopAsync();
            var stopped = clock.Elapsed;
            node.ServerDll = Repository.ServerDll;
            await node.StartAsync();
            await cluster.ReadyAsync("rolling restart");
            Output.WriteLine($"{node.Name}: stopped in {stopped.TotalSeconds:0.0} s, there again after {clock.Elapsed.TotalSeconds:0.0} s; schema {await SchemaAsync(cluster)}.");
        }

        await Task.Delay(TimeSpan.FromSeconds(Scale.Of(1, 10)));
        await stop.CancelAsync();
        await Eventually.EndsAsync(Task.WhenAll(working), "the users to finish", TimeSpan.FromSeconds(60));
        using (var api = new Api(cluster.Nodes[0].Root))
            await Eventually.TrueAsync(async () => !(await api.GetAsync("/session/status")).EnumerateObject().Any(), "all sessions idle", TimeSpan.FromSeconds(60));
        var head = await history.HeadAsync();
        await Eventually.TrueAsync(() => history.Blames.Count > 0 || observers.TrueForAll(o => o.Through >= head), $"all clients to have all up to {head}", TimeSpan.FromSeconds(60));
        await workload.CheckAsync();
        var (events, writes) = await history.CheckAsync(from);
        await leave.CancelAsync();
        await Task.WhenAll(listening);
        Output.WriteLine($"{(_old is null ? "This build to itself" : "The old build to this one")}, schema {before} to {await SchemaAsync(cluster)}: {workload.Acknowledged} commands acknowledged, {workload.Unavailable} tries of them at a node that "
            + $"was away, {events} events and {writes} writes checked, {observers.Sum(o => o.Connections)} connections of {observers.Count} clients, {observers.Sum(o => (long)o.Events)} events received.");
        Assert.True(history.Blames.Count == 0, string.Join('\n', history.Blames));
    }

    private static async Task<object?> SchemaAsync(FaultyCluster cluster) => await cluster.Database.ExecuteAsync("SELECT version FROM opencode_actors.schema_version");
}
