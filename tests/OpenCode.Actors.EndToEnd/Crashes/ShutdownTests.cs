using System.Diagnostics;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Crashes;

/// <summary>Graceful stop within 5 s, whatever clients do; SDK clients must see a reset, or they would stop for good (DESIGN 5).</summary>
public sealed class ShutdownTests(ITestOutputHelper output) : ServerTest(output)
{
    [Theory]
    [InlineData(Unix.Terminate)]
    [InlineData(Unix.Interrupt)]
    public async Task A_signal_ends_the_server_in_five_seconds_whatever_clients_do(int signal)
    {
        var server = await StartAsync();
        await using var stream = await server.ListenAsync();
        using var stalled = await StalledClient.ConnectAsync(server.Root, "/event");
        var sleep = $"{Random.Shared.Next(100_000, 900_000)}";
        var (talking, sleeping) = (await server.Api.CreateSessionAsync(), await server.Api.CreateSessionAsync());
        var waiting = server.Api.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/session/{talking}/message")
        {
            Content = System.Net.Http.Json.JsonContent.Create(new { parts = new[] { new { type = "text", text = "slow: 2000" } } }),
        });
        await server.Api.PromptAsync(sleeping, $"run: sleep {sleep}");
        await Eventually.TrueAsync(() => Unix.ProcessesWith("sleep", sleep).Count == 1, "the sleep");
        for (var n = 0; n < 300; n++)
        {
            await server.Api.PublishToastAsync(new string('x', 16_000)); // Until the stalled client's buffers are full.
        }

        var clock = Stopwatch.StartNew();
        server.Signal(signal);
        var exit = await server.ExitAsync(TimeSpan.FromSeconds(20));
        Output.WriteLine($"Ended {clock.Elapsed.TotalSeconds:0.00} s after signal {signal} with {exit}.");

        Assert.Equal(0, exit);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5.5), $"Took {clock.Elapsed.TotalSeconds:0.00} s. {server.Log}");
        Assert.NotEqual(StreamEnd.Clean, await Eventually.EndsAsync(stream.Ended, "the stream"));
        await Eventually.TrueAsync(() => Unix.ProcessesWith("sleep", sleep).Count == 0, "the sleep to be gone");
        await Task.WhenAny(waiting);
        _ = waiting.Exception;

        var restarted = await RestartAsync(server);
        Assert.Empty((await restarted.Api.GetAsync("/session/status")).EnumerateObject());
    }
}
