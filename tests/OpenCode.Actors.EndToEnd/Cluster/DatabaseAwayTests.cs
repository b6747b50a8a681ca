using System.Diagnostics;
using System.Net;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Postgres;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Cluster;

/// <summary>Issue 3, point 5 (RULES F1, F2): without its database the cluster waits, and says so.</summary>
[Collection(HeavyTests.Name)]
public sealed class DatabaseAwayTests(ITestOutputHelper output) : ServerTest(output)
{
    [SkippableFact]
    public async Task Ten_seconds_without_the_database_cost_nobody_a_stream_a_session_or_a_turn()
    {
        Needs.Postgres();
        var postgres = Own(await PostgresServer.StartAsync());
        var nodes = new List<ServerProcess>();
        foreach (var name in new[] { "n1", "n2" })
            nodes.Add(await StartAsync((Setup with { Port = Ports.Free(), Secret = "the-secret-of-the-tests", Arguments = ["--cluster", postgres.ConnectionString, "--node", name] }).WithEventStream(("heartbeat_ms", 1_000))));
        await using var stream = await nodes[1].ListenAsync();
        var session = await nodes[0].Api.CreateSessionAsync();
        await nodes[0].Api.PromptAsync(session, "slow: 60");
        await stream.WaitForTypeAsync("message.part.delta", session);

        await postgres.CrashAsync();
        var away = Stopwatch.StartNew();
        while (away.Elapsed < TimeSpan.FromSeconds(10))
        {
            foreach (var node in nodes)
            {
                var clock = Stopwatch.StartNew();
                using var command = new HttpRequestMessage(HttpMethod.Patch, $"/session/{session}") { Content = new StringContent("{\"title\":\"x\"}") };
                using var answer = await node.Api.SendAsync(command);
                Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
                Assert.True(answer.Headers.RetryAfter is not null);
                Assert.InRange(clock.Elapsed, TimeSpan.Zero, Scale.Bound(1.2));
                await node.Api.GetAsync("/health/live");
                if (away.Elapsed > TimeSpan.FromSeconds(5))
                    await node.Api.GetAsync("/health/ready", HttpStatusCode.ServiceUnavailable);
            }

            await Task.Delay(500);
        }

        var beats = stream.Frames.Count(f => f.Type == "server.heartbeat");
        Assert.InRange(beats, 5, int.MaxValue);
        await postgres.StartAgainAsync();
        foreach (var node in nodes)
            await Eventually.TrueAsync(async () => (await node.Api.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/health/ready"))).IsSuccessStatusCode, $"{node.Root} to be ready");

        await stream.WaitForTypeAsync("session.idle", session);
        EventRecord.AssertDense(stream.Frames);
        var last = (await nodes[1].Api.MessagesAsync(session))[^1];
        Assert.Equal("stop", last.Text("info", "finish"));
        await nodes[1].Api.AskAsync(session, "hello");
    }
}
