using OpenCode.Actors.EndToEnd.Cluster.Faults;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Cluster;

/// <summary>Rule "Good cursor": a cursor into a past that was undone is never resumed in the present log, and a made-up cursor harms no other client.</summary>
public sealed class RestoreTests(ITestOutputHelper output) : ServerTest(output)
{
    [SkippableFact]
    public async Task After_a_disk_was_restored_while_all_nodes_were_down_ids_of_what_was_lost_are_a_gap_however_far_the_log_has_grown()
    {
        Needs.Postgres();
        await using var cluster = await FaultyCluster.StartAsync(Folder, 2);
        var kept = await GrowAsync(cluster, sessions: 1);
        await StopAsync(cluster);
        await cluster.Database.BackupAsync();
        await StartAsync(cluster);
        var lost = await GrowAsync(cluster, sessions: 2);
        await StopAsync(cluster);
        await cluster.Database.RestoreAsync();
        await StartAsync(cluster);
        var grown = await GrowAsync(cluster, sessions: 3);
        Assert.True(Position.OffsetOf(grown) > Position.OffsetOf(lost), $"{grown} is not beyond {lost}.");

        foreach (var node in cluster.Nodes)
        {
            await using var ofLost = await node.Process.ListenAsync(lastEventId: lost);
            var gap = await ofLost.WaitForTypeAsync("hub.gap");
            Assert.Equal("timeline", gap.Properties.Text("reason"));
            await using var ofKept = await node.Process.ListenAsync(lastEventId: kept);
            await ofKept.WaitForAsync(f => f.Id == grown, grown);
            EventRecord.AssertDense(ofKept.Frames);
        }
    }

    [SkippableFact]
    public async Task A_made_up_id_is_a_gap_for_its_client_alone()
    {
        Needs.Postgres();
        await using var cluster = await FaultyCluster.StartAsync(Folder, 2);
        var nodes = cluster.Nodes.Select(node => node.Process).ToList();
        var streams = new List<SseClient>();
        var sessions = new List<string>();
        foreach (var node in nodes)
        {
            streams.Add(Own(await node.ListenAsync()));
            sessions.Add(await node.Api.CreateSessionAsync());
            await node.Api.PromptAsync(sessions[^1], "slow: 60");
            await streams[^1].WaitForTypeAsync("message.part.delta", sessions[^1]);
        }

        await cluster.Database.ExecuteAsync("UPDATE opencode_actors.generation SET at = at - interval '2 minutes'");
        var before = streams[0].LastEventId!;
        foreach (var (node, reason) in new[] { (nodes[0], "timeline"), (nodes[1], "ahead"), (nodes[0], "ahead") })
        {
            // The second and third try come too soon after the generation that the first began.
            var id = streams[0].LastEventId!;
            await using var forger = await node.ListenAsync(lastEventId: $"{await CurrentAsync(cluster, id)}-{Position.OffsetOf(id) + 1_000_000_000}");
            var gap = await forger.WaitForTypeAsync("hub.gap");
            Assert.Equal(reason, gap.Properties.Text("reason"));
        }

        foreach (var session in sessions)
        {
            foreach (var stream in streams)
                await stream.WaitForTypeAsync("session.idle", session);
        }

        Assert.Equal(2L, await cluster.Database.ExecuteAsync("SELECT count(*) FROM opencode_actors.generation"));
        foreach (var (node, stream) in nodes.Zip(streams))
        {
            Assert.False(stream.Ended.IsCompleted, "A stream was cut.");
            Assert.False(node.HasExited, "A node has ended.");
            EventRecord.AssertDense(stream.Frames);
            Assert.StartsWith(await CurrentAsync(cluster, before) + "-", stream.LastEventId, StringComparison.Ordinal);
            await using var resumed = await node.ListenAsync(lastEventId: before);
            await resumed.WaitForAsync(f => f.Id == streams[0].Events[^1].Id, "the last event");
            Assert.DoesNotContain(resumed.Frames, f => f.Type == "hub.gap");
        }
    }

    // The id without its offset, in the generation that runs.
    private static async Task<string> CurrentAsync(FaultyCluster cluster, string id) =>
        $"{id[..id.IndexOf('.', StringComparison.Ordinal)]}.{await cluster.Database.ExecuteAsync("SELECT generation FROM opencode_actors.log_head")}";

    private static async Task<string> GrowAsync(FaultyCluster cluster, int sessions)
    {
        var node = cluster.Nodes[0].Process;
        await using var stream = await node.ListenAsync();
        for (var i = 0; i < sessions; i++)
        {
            var session = await node.Api.CreateSessionAsync();
            await node.Api.AskAsync(session, "hello");
            await stream.WaitForTypeAsync("session.idle", session);
        }

        return stream.LastEventId!;
    }

    private static async Task StopAsync(FaultyCluster cluster)
    {
        foreach (var node in cluster.Nodes)
            await node.StopAsync();
        await cluster.Database.StopAsync();
    }

    private static async Task StartAsync(FaultyCluster cluster)
    {
        await cluster.Database.StartAgainAsync();
        foreach (var node in cluster.Nodes)
            await node.StartAsync();
    }
}
