using System.Diagnostics;
using System.Net;
using OpenCode.Actors.EndToEnd.Cluster.Faults;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Sequences;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Cluster;

/// <summary>Issue 3, point 5 (RULES F1, F2): without its database the cluster waits, and says so.</summary>
[Collection(HeavyTests.Name)]
public sealed class DatabaseAwayTests(ITestOutputHelper output) : ServerTest(output)
{
    private const int Words = 120;

    private static readonly TimeSpan _away = TimeSpan.FromSeconds(10);

    // What is asked for where nothing else runs; beside other tests the machine itself may be late.
    private static readonly TimeSpan _refusedWithin = TimeSpan.FromSeconds(Scale.IsFull ? 1 : 3);

    [SkippableTheory]
    [InlineData("gone")]
    [InlineData("silent")]
    public async Task Ten_seconds_without_the_database_cost_nobody_a_stream_a_session_or_a_turn(string how)
    {
        Needs.Postgres();
        await using var cluster = await FaultyCluster.StartAsync(Folder, 3, heartbeatMs: 1_000, evensOutSoon: true);
        var nodes = cluster.Nodes.Select(node => node.Process).ToList();
        await Eventually.TrueAsync(async () => await OwnersAsync(cluster) is var (_, shares) && shares.Count == 3 && shares.Max() - shares.Min() <= 1, "an even share for each", TimeSpan.FromSeconds(60));
        var streams = new List<SseClient>();
        foreach (var node in nodes)
            streams.Add(Own(await node.ListenAsync()));
        var sessions = new List<string>();
        foreach (var node in nodes)
        {
            sessions.Add(await node.Api.CreateSessionAsync());
            await node.Api.PromptAsync(sessions[^1], $"slow: {Words}");
        }

        foreach (var session in sessions)
            await streams[0].WaitForTypeAsync("message.part.delta", session);
        var (owners, _) = await OwnersAsync(cluster);

        await LeaveAsync(cluster, how);
        var from = streams.ConvertAll(s => s.Frames.Count);
        var slowest = (await Task.WhenAll(nodes.Select((node, n) => RefusedAsync(node, sessions[(n + 1) % 3])))).Max();
        Output.WriteLine($"{how}: every command was refused with 503 and Retry-After, after {slowest.TotalMilliseconds:0} ms at most.");
        foreach (var (stream, n) in streams.Select((s, n) => (s, n)))
        {
            Assert.False(stream.Ended.IsCompleted, $"The stream of node {n + 1} has ended.");
            Assert.InRange(stream.Frames.Skip(from[n]).Count(f => f.Type == "server.heartbeat"), 5, int.MaxValue);
        }

        await ReturnAsync(cluster, how);
        var back = Stopwatch.StartNew();
        foreach (var node in nodes)
            await Eventually.TrueAsync(async () => (await node.Api.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/health/ready"))).IsSuccessStatusCode, $"{node.Root} to be ready");
        Output.WriteLine($"{how}: all nodes were ready {back.ElapsedMilliseconds} ms after the database was back.");

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

        // Longer than a lease and the grace after an outage: who had lost anything would have by now.
        await Eventually.TrueAsync(() => back.Elapsed > TimeSpan.FromSeconds(12), "the grace to be over");
        Assert.Equal(owners, (await OwnersAsync(cluster)).Owners);
        foreach (var stream in streams)
            EventRecord.AssertDense(stream.Frames);
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
        var (away, slowest) = (Stopwatch.StartNew(), TimeSpan.Zero);
        while (away.Elapsed < _away)
        {
            var clock = Stopwatch.StartNew();
            using var command = new HttpRequestMessage(HttpMethod.Patch, $"/session/{session}") { Content = new StringContent("{\"title\":\"x\"}") };
            using var answer = await node.Api.SendAsync(command);
            slowest = clock.Elapsed > slowest ? clock.Elapsed : slowest;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.NotNull(answer.Headers.RetryAfter);
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, _refusedWithin);
            await node.Api.GetAsync("/health/live");
            if (away.Elapsed > TimeSpan.FromSeconds(5))
                await node.Api.GetAsync("/health/ready", HttpStatusCode.ServiceUnavailable);
            await Task.Delay(200);
        }

        return slowest;
    }

    private static async Task<(string Owners, List<int> Shares)> OwnersAsync(FaultyCluster cluster)
    {
        var rows = (string)(await cluster.Database.ExecuteAsync("SELECT string_agg(concat_ws(' ', part, owner, inc, token), ', ' ORDER BY part) FROM opencode_actors.shard"))!;
        return (rows, [.. rows.Split(", ").Select(row => row.Split(' ')).Where(row => row.Length == 4).GroupBy(row => row[1]).Select(owned => owned.Count())]);
    }
}
