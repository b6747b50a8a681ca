using System.Diagnostics;
using System.Net;
using OpenCode.Actors.EndToEnd.Cluster.Faults;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Sequences;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Cluster;

/// <summary>Rule "Suspend on silence": without its database the cluster refuses commands and keeps everything else.</summary>
[Collection(HeavyTests.Name)]
public sealed class DatabaseAwayTests(ITestOutputHelper output) : ServerTest(output)
{
    private const int Words = 120;
    private const string Members = "SELECT string_agg(concat_ws(' ', name, uid), ', ' ORDER BY name) FROM opencode_actors.node WHERE status = 'up'";

    private static readonly TimeSpan _away = TimeSpan.FromSeconds(Scale.Of(5, 10));

    // Longer than it takes to declare a node dead.
    private static readonly TimeSpan _later = TimeSpan.FromSeconds(Scale.Of(3, 8));

    // As asked where nothing else runs; beside other tests the machine itself may be late.
    private static readonly TimeSpan _refusedWithin = Scale.Bound(1);

    [SkippableFact]
    public async Task Seconds_without_the_database_cost_no_stream_no_session_and_no_turn()
    {
        Needs.Postgres();
        await using var cluster = await FaultyCluster.StartAsync(Folder, 3, heartbeatMs: 1_000);
        foreach (var how in (string[])["gone", "silent"])
        {
            await LoseAsync(cluster, how);
            await cluster.ReadyAsync($"a database that was {how}");
        }
    }

    [SkippableFact]
    public async Task A_node_that_dies_while_the_database_is_away_is_replaced_when_it_is_back()
    {
        Needs.Postgres();
        await using var cluster = await FaultyCluster.StartAsync(Folder, 3, heartbeatMs: 1_000);
        var nodes = cluster.Nodes.Select(node => node.Process).ToList();
        var sessions = new List<string>();
        for (var i = 0; i < 12; i++)
            sessions.Add(await nodes[i % 3].Api.CreateSessionAsync());

        await cluster.Database.CrashAsync();
        await cluster.Nodes[2].KillAsync();
        await RefusedAsync(nodes[0], sessions[0]);
        await cluster.Database.StartAgainAsync();
        var back = Stopwatch.StartNew();
        foreach (var (session, n) in sessions.Select((s, n) => (s, n)))
            await WritableAsync(nodes[n % 2], session);

        Output.WriteLine($"All sessions were writable {back.ElapsedMilliseconds} ms after the database was back.");
        Assert.InRange(back.Elapsed, TimeSpan.Zero, Scale.Bound(1.5));
        await cluster.ReadyAsync("a kill without the database");
        Assert.Equal(2, await cluster.MembersAsync());
    }

    private async Task LoseAsync(FaultyCluster cluster, string how)
    {
        var nodes = cluster.Nodes.Select(node => node.Process).ToList();
        var (streams, sessions) = await BeginTurnsAsync(nodes);
        var members = await cluster.Database.ExecuteAsync(Members);

        await LeaveAsync(cluster, how);
        var from = streams.ConvertAll(s => s.Frames.Count);
        var slowest = (await Task.WhenAll(nodes.Select((node, n) => RefusedAsync(node, sessions[(n + 1) % 3])))).Max();
        Output.WriteLine($"{how}: every command was refused with 503 and Retry-After, after {slowest.TotalMilliseconds:0} ms at most.");
        foreach (var (stream, n) in streams.Select((s, n) => (s, n)))
        {
            Assert.False(stream.Ended.IsCompleted, $"The stream of node {n + 1} has ended.");
            await Eventually.TrueAsync(() => stream.Frames.Skip(from[n]).Count(f => f.Type == "server.heartbeat") >= (int)_away.TotalSeconds / 2, $"heartbeats of node {n + 1}");
        }

        await ReturnAsync(cluster, how);
        var back = Stopwatch.StartNew();
        foreach (var (node, n) in nodes.Select((node, n) => (node, n)))
            await WritableAsync(node, sessions[n]);
        Output.WriteLine($"{how}: all nodes took commands {back.ElapsedMilliseconds} ms after the database was back.");
        Assert.InRange(back.Elapsed, TimeSpan.Zero, Scale.Bound(1.5));

        foreach (var (session, n) in sessions.Select((s, n) => (s, n)))
        {
            foreach (var stream in streams)
                await stream.WaitForTypeAsync("session.idle", session);
            var messages = await nodes[(n + 1) % 3].Api.MessagesAsync(session);
            Assert.Equal("stop", messages[^1].Text("info", "finish"));
            Assert.EndsWith($" word{Words}", messages[^1].GetProperty("parts").EnumerateArray().Last(p => p.Text("type") == "text").Text("text"), StringComparison.Ordinal);
            EventFold.Of(streams[n].Events, session).AssertIs(messages);
            await nodes[(n + 2) % 3].Api.AskAsync(session, "hello");
        }

        // No node was declared dead, then or afterwards.
        await Eventually.TrueAsync(() => back.Elapsed > _later, "a late verdict to be carried out");
        Assert.Equal(members, await cluster.Database.ExecuteAsync(Members));
        Assert.DoesNotContain(nodes, node => node.HasExited);
        foreach (var stream in streams)
            EventRecord.AssertDense(stream.Frames);
    }

    // A stream on each node, and a turn in a session of each.
    private async Task<(List<SseClient> Streams, List<string> Sessions)> BeginTurnsAsync(List<ServerProcess> nodes)
    {
        var (streams, sessions) = (new List<SseClient>(), new List<string>());
        foreach (var node in nodes)
            streams.Add(Own(await node.ListenAsync()));
        foreach (var node in nodes)
        {
            sessions.Add(await node.Api.CreateSessionAsync());
            await node.Api.PromptAsync(sessions[^1], $"slow: {Words}");
        }

        foreach (var session in sessions)
            await streams[0].WaitForTypeAsync("message.part.delta", session);
        return (streams, sessions);
    }

    private static async Task LeaveAsync(FaultyCluster cluster, string how)
    {
        if (how == "gone")
        {
            await cluster.Database.CrashAsync();
            return;
        }

        foreach (var node in cluster.Nodes)
            node.ToDatabase.Silence();
    }

    private static async Task ReturnAsync(FaultyCluster cluster, string how)
    {
        if (how == "gone")
        {
            await cluster.Database.StartAgainAsync();
            return;
        }

        foreach (var node in cluster.Nodes)
            await node.ToDatabase.MendAsync();
    }

    // From the first moment on, for as long as the database is away.
    private static async Task<TimeSpan> RefusedAsync(ServerProcess node, string session)
    {
        var (away, slowest, isUnready) = (Stopwatch.StartNew(), TimeSpan.Zero, false);
        while (away.Elapsed < _away)
        {
            var clock = Stopwatch.StartNew();
            using var answer = await PatchAsync(node, session);
            slowest = clock.Elapsed > slowest ? clock.Elapsed : slowest;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.NotNull(answer.Headers.RetryAfter);
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, _refusedWithin);
            await node.Api.GetAsync("/health/live");
            using var ready = await node.Api.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/health/ready"));
            Assert.False(isUnready && ready.IsSuccessStatusCode, "It is ready again without its database.");
            isUnready |= ready.StatusCode == HttpStatusCode.ServiceUnavailable;
            await Task.Delay(200);
        }

        Assert.True(isUnready, $"It was ready for {away.Elapsed.TotalSeconds:0.0} s without its database.");

        return slowest;
    }

    private static Task WritableAsync(ServerProcess node, string session) => Eventually.TrueAsync(
        async () =>
        {
            using var answer = await PatchAsync(node, session);
            return answer.IsSuccessStatusCode;
        },
        $"{node.Root} to take a command");

    private static Task<HttpResponseMessage> PatchAsync(ServerProcess node, string session) =>
        node.Api.SendAsync(new HttpRequestMessage(HttpMethod.Patch, $"/session/{session}") { Content = new StringContent("{\"title\":\"x\"}") });
}
