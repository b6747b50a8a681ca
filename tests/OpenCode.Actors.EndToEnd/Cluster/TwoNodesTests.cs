using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using OpenCode.Actors.EndToEnd.Cluster.Faults;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Cluster;

/// <summary>Of two nodes either may fail in any way, and the other goes on. The other faults are in <see cref="RandomFaultsTests"/>.</summary>
[Collection(HeavyTests.Name)]
public sealed class TwoNodesTests(ITestOutputHelper output) : ServerTest(output)
{
    private readonly List<string> _misses = [];

    [SkippableFact]
    public async Task Either_of_two_nodes_is_killed_frozen_or_cut_off_and_the_other_goes_on_also_alone()
    {
        Needs.Postgres();
        await using var cluster = await FaultyCluster.StartAsync(Folder, 2);
        var history = new History(cluster.Database);
        await history.BeginAsync();
        using var workload = new Workload(cluster.Nodes, history);
        await workload.CreateSessionsAsync(12);

        foreach (var fault in Fault.All.Where(static fault => fault.Name is "kill -9" or "freeze" or "cut from the other nodes"))
        {
            // The older one has the coordinator of the shards. It comes back as the younger one.
            await FailAsync(fault, cluster, isOlder: true, workload);
            if (Scale.IsFull)
                await FailAsync(fault, cluster, isOlder: false, workload);
        }

        await workload.CheckAsync();
        await history.CheckAsync(await history.HeadAsync()); // no client listens: writes alone
        Assert.True(history.Blames.Count == 0, string.Join('\n', history.Blames));
        Assert.True(_misses.Count == 0, string.Join('\n', _misses));
    }

    [SkippableFact]
    public async Task A_prompt_that_waits_on_the_other_node_gets_its_end_when_its_owner_is_cut_off()
    {
        Needs.Postgres();
        await using var cluster = await FaultyCluster.StartAsync(Folder, 2);
        var (first, second) = (cluster.Nodes[0].Process, cluster.Nodes[1].Process);
        var session = await first.Api.CreateSessionAsync();
        var owner = await NodeRows.OwnerAsync(cluster.Database, "opencode_actors", session) == "node1" ? cluster.Nodes[0] : cluster.Nodes[1];
        var other = owner == cluster.Nodes[0] ? second : first;
        await using var stream = await other.ListenAsync();
        var prompt = AskAsync(other, session, "one-turn");
        await stream.WaitForTypeAsync("message.part.delta", session);

        await owner.ToDatabase.CutAsync();
        await cluster.CutAsync(owner);
        var clock = Stopwatch.StartNew();
        using var answer = await prompt;

        Output.WriteLine($"The prompt had its end {clock.ElapsedMilliseconds} ms after the cut.");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("MessageAbortedError", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Scale.Bound(8));

        // The one that lost: its node has ended, and says so by its exit code.
        Assert.Equal(FaultyNode.DeclaredDead, await EndAsync(cluster, owner));
        EventRecord.AssertDense(stream.Frames);
    }

    private async Task FailAsync(Fault fault, FaultyCluster cluster, bool isOlder, Workload workload)
    {
        var byAge = ((string)(await cluster.Database.ExecuteAsync("SELECT string_agg(name, ' ' ORDER BY joined) FROM opencode_actors.node WHERE status = 'up'"))!).Split(' ');
        var node = cluster.Nodes.Single(one => one.Name == byAge[isOlder ? 0 : 1]);
        await Eventually.TrueAsync(
            async () =>
            {
                await WriteAllAsync(cluster, workload); // A shard is claimed with the first command after it was moved.
                return (await NodeRows.ShardsAsync(cluster.Database, "opencode_actors")).TryGetValue(node.Name, out var shards) && shards.Count >= 4;
            },
            $"sessions on {node.Name}, which is to fail");
        var through = fault.IsReachable ? cluster.Nodes : [.. cluster.Nodes.Where(other => other != node)];
        await fault.BeginAsync(cluster, node);
        var outages = await Task.WhenAll(workload.Sessions.Select((session, n) => workload.WriteAsync(through, n, session)));
        var (median, most) = (outages.Order().ElementAt(outages.Length / 2), outages.Max());
        Output.WriteLine($"{fault.Name}, the {(isOlder ? "older" : "younger")} one: the sessions were writable after {median.TotalMilliseconds:0} ms (median), {most.TotalMilliseconds:0} ms (most).");

        // Missed at full scale for the older one (docs/measurements.md): another coordinator does nothing for its first half second, a constant of Akka.
        // Held against it at the end, so that one miss does not hide the other figures.
        if (median > Scale.Bound(fault.Asked!.MedianMs / 1000.0) || most > Scale.Bound(fault.Asked.MostMs / 1000.0))
            _misses.Add($"{fault.Name}, the {(isOlder ? "older" : "younger")} one: {median.TotalMilliseconds:0} ms (median), {most.TotalMilliseconds:0} ms (most)");

        // A node that is thawed, or heard again, before it was declared dead has lost nothing.
        await Eventually.TrueAsync(async () => await cluster.MembersAsync() == 1, "the one that failed to be declared dead");
        await fault.EndAsync(cluster, node);
        await cluster.ReadyAsync(fault.Name);
        await WriteAllAsync(cluster, workload);
    }

    private static async Task WriteAllAsync(FaultyCluster cluster, Workload workload)
    {
        foreach (var session in workload.Sessions)
            await workload.WriteAsync(cluster.Nodes, 0, session);
    }

    private static async Task<int> EndAsync(FaultyCluster cluster, FaultyNode node)
    {
        await node.ToDatabase.MendAsync();
        await cluster.MendAsync();
        return await node.Process.ExitAsync();
    }

    private static Task<HttpResponseMessage> AskAsync(ServerProcess node, string session, string key)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/session/{session}/message") { Content = JsonContent.Create(new { parts = new[] { new { type = "text", text = "slow: 200" } } }) };
        request.Headers.Add("Idempotency-Key", key);
        return node.Api.SendAsync(request);
    }
}
