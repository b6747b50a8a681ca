using System.Diagnostics;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Load;

/// <summary>Passivated sessions cost next to nothing.</summary>
[Collection(HeavyTests.Name)]
public sealed class ManySessionsTests(ITestOutputHelper output) : ServerTest(output)
{
    [Fact]
    public async Task Many_sessions_are_created_listed_and_still_there_after_a_restart()
    {
        var count = Scale.Of(1_000, 10_000);
        var server = await StartAsync();
        await CreateAsync(server.Api, 200);
        var clock = Stopwatch.StartNew();
        await CreateAsync(server.Api, count - 200);
        var created = clock.Elapsed;

        var (listed, took) = await ListAsync(server.Api);
        Assert.Equal(count, listed);
        await server.KillAsync();
        clock.Restart();
        var restarted = await RestartAsync(server);
        var start = clock.Elapsed;
        var (recovered, tookAfter) = await ListAsync(restarted.Api);
        Assert.Equal(count, recovered);

        // None got a command since the restart: all are passivated. An empty server is the measure.
        var withSessions = Unix.ResidentBytes(restarted.Id);
        using var emptyFolder = new TempFolder();
        var empty = await StartAsync(new ServerSetup { Folder = emptyFolder });
        await ListAsync(empty.Api);
        var each = (withSessions - Unix.ResidentBytes(empty.Id)) / (double)count;
        Output.WriteLine(
            $"{count} sessions: created {(count - 200) / created.TotalSeconds:0}/s, listed in {took.TotalMilliseconds:0} ms (after a restart in {tookAfter.TotalMilliseconds:0} ms), "
            + $"restart {start.TotalSeconds:0.00} s, {each:0} bytes of RSS per passivated session.");
        if (Scale.IsFull)
        {
            Assert.True(took < TimeSpan.FromMilliseconds(100), $"Listed in {took.TotalMilliseconds:0} ms.");
            Assert.True(each <= 2_048, $"{each:0} bytes per passivated session.");
        }
    }

    private static async Task CreateAsync(Api api, int count)
    {
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) <= count)
                await api.CreateSessionAsync();
        }));
    }

    /// <summary>Lists all sessions a few times; the best time is the server's, the others the machine's.</summary>
    private static async Task<(int Count, TimeSpan Took)> ListAsync(Api api)
    {
        var (count, best) = (0, TimeSpan.MaxValue);
        for (var n = 0; n < 5; n++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/session?limit=1000000");
            var clock = Stopwatch.StartNew();
            using var response = await api.SendAsync(request);
            var body = await response.Content.ReadAsByteArrayAsync();
            best = clock.Elapsed < best ? clock.Elapsed : best;
            count = System.Text.Json.JsonDocument.Parse(body).RootElement.GetArrayLength();
        }

        return (count, best);
    }
}
