using System.Diagnostics;
using OpenCode.Actors.EndToEnd.Cluster.Faults;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Cluster;

/// <summary>A cluster stops, comes back and grows as a whole, whatever part of it is missing.</summary>
[Collection(HeavyTests.Name)]
public sealed class FormingTests(ITestOutputHelper output) : ServerTest(output)
{
    private static readonly TimeSpan _stop = TimeSpan.FromSeconds(6);

    [SkippableFact]
    [Trait(Scale.Promises, Scale.Time)]
    public async Task All_nodes_stopped_or_killed_at_once_form_one_cluster_again_also_without_one_of_them()
    {
        Needs.Postgres();
        await using var cluster = await FaultyCluster.StartAsync(Folder, 3);
        var sessions = await CreateAsync(cluster, 12);
        await cluster.Nodes[0].Process.Api.PromptAsync(sessions[0], "slow: 600");

        var clock = Stopwatch.StartNew();
        await Task.WhenAll(cluster.Nodes.Select(node => node.StopAsync()));
        Output.WriteLine($"All nodes had ended after {clock.ElapsedMilliseconds} ms.");
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Scale.Bound(_stop.TotalSeconds));
        await StartAllAsync(cluster, cluster.Nodes);
        await AskAllAsync(cluster, sessions);

        await Task.WhenAll(cluster.Nodes.Select(node => node.KillAsync()));
        await StartAllAsync(cluster, cluster.Nodes);
        await AskAllAsync(cluster, sessions);

        await Task.WhenAll(cluster.Nodes.Select(node => node.KillAsync()));
        await StartAllAsync(cluster, cluster.Nodes.Take(2));
        await AskAllAsync(cluster, sessions);
    }

    [SkippableFact]
    [Trait(Scale.Promises, Scale.Time)]
    public async Task A_joiner_that_cannot_reach_the_others_harms_none_of_them_and_one_that_is_frozen_blocks_the_next_one_for_5_s_at_most()
    {
        Needs.Postgres();
        await using var cluster = await FaultyCluster.StartAsync(Folder, 4, started: 2);
        var sessions = await CreateAsync(cluster, 12);
        var joiner = cluster.Nodes[2];
        foreach (var node in cluster.Nodes.Take(2))
            node.FromNodes.Cut(joiner.Name);

        await using (await joiner.SpawnAsync())
        {
            for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(Scale.Of(6, 12));)
                await AskAllAsync(cluster, sessions);
            Assert.Equal(2, await cluster.MembersAsync());
        }

        // And when the way is open, it joins.
        await cluster.MendAsync();
        await joiner.StartAsync();
        await cluster.ReadyAsync("the second start of the joiner");
        Assert.Equal(3, await cluster.MembersAsync());

        // Another life of it stands still in the middle of its join.
        await joiner.StopAsync();
        await using var frozen = await cluster.Nodes[2].SpawnAsync();
        await Eventually.TrueAsync(
            async () => await cluster.Database.ExecuteAsync("SELECT count(*) FROM opencode_actors.node WHERE status = 'joining'") is 1L || frozen.Output.Contains("listening", StringComparison.Ordinal), "a node that joins");
        frozen.Signal(Unix.Stop);

        var next = Stopwatch.StartNew();
        await cluster.Nodes[3].StartAsync();
        Output.WriteLine($"The next joiner listened after {next.ElapsedMilliseconds} ms.");
        Assert.InRange(next.Elapsed, TimeSpan.Zero, Scale.Bound(10)); // 5 s and its own start
        await AskAllAsync(cluster, sessions);
        frozen.Signal(Unix.Continue);
    }

    private static async Task<List<string>> CreateAsync(FaultyCluster cluster, int count)
    {
        var running = cluster.Nodes.Where(node => node.IsRunning).ToList();
        var sessions = new List<string>();
        for (var i = 0; i < count; i++)
            sessions.Add(await running[i % running.Count].Process.Api.CreateSessionAsync());
        return sessions;
    }

    private async Task StartAllAsync(FaultyCluster cluster, IEnumerable<FaultyNode> nodes)
    {
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(nodes.Select(node => node.StartAsync()));
        await cluster.ReadyAsync("a start of all at once");
        Output.WriteLine($"{cluster.Nodes.Count(node => node.IsRunning)} nodes were one cluster {clock.ElapsedMilliseconds} ms after their start.");
    }

    // Each session through each node: two clusters would both take it.
    private static async Task AskAllAsync(FaultyCluster cluster, IEnumerable<string> sessions)
    {
        var running = cluster.Nodes.Where(node => node.IsRunning).Select(node => node.Process).ToList();
        foreach (var session in sessions)
        {
            foreach (var node in running)
                await node.Api.CallAsync(HttpMethod.Patch, $"/session/{session}", new { title = $"By {node.Id}" });
        }
    }
}
