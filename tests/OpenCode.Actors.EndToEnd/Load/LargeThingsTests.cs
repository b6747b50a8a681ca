using System.Diagnostics;
using System.Text;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Load;

/// <summary>Large outputs and long histories cost no memory that stays, little of the stream, and no time of the next answer.</summary>
[Collection(HeavyTests.Name)]
public sealed class LargeThingsTests(ITestOutputHelper output) : ServerTest(output)
{
    private const int MegaByte = 1024 * 1024;

    [Fact]
    public async Task A_flood_of_output_leaves_the_memory_flat_and_the_stream_small()
    {
        var megabytes = Scale.Of(20, 100);
        var server = await StartAsync();
        await using var stream = await server.ListenAsync();
        var session = await server.Api.CreateSessionAsync(new { title = "T" });
        await server.Api.AskAsync(session, Flood(2));
        var (before, from) = (Unix.ResidentBytes(server.Id), stream.Frames.Count);

        var turn = server.Api.AskAsync(session, Flood(megabytes));
        var peak = before;
        while (!turn.IsCompleted)
        {
            peak = Math.Max(peak, Unix.ResidentBytes(server.Id));
            await Task.WhenAny(turn, Task.Delay(20));
        }

        await turn;
        var kept = (await server.Api.MessagesAsync(session)).SelectMany(static message => message.GetProperty("parts").EnumerateArray())
            .Last(static part => part.Text("type") == "tool").Text("state", "output")!;
        var sent = stream.Frames.Skip(from).Where(frame => frame.Session == session).Sum(static frame => (long)frame.Properties.GetRawText().Length);
        Output.WriteLine($"{megabytes} MB of output: RSS {before / MegaByte} to {peak / MegaByte} MiB, {kept.Length} characters kept, {sent} bytes sent ({(double)sent / kept.Length:0.0} × what is kept).");
        Assert.True(sent <= 3L * kept.Length, $"{sent} bytes were sent of {kept.Length} kept.");
        Assert.True(peak - before <= (Scale.IsFull ? 32 : 128) * (long)MegaByte, $"RSS grew by {(peak - before) / MegaByte} MiB.");
    }

    [Fact]
    public async Task Large_prompts_and_a_long_history_do_not_delay_the_next_answer()
    {
        var server = await StartAsync();
        var (small, large) = (await server.Api.CreateSessionAsync(new { title = "small" }), await server.Api.CreateSessionAsync(new { title = "large" }));
        await TellAsync(server, large, new { type = "text", text = new string('x', Scale.Of(1, 10) * MegaByte) });
        await TellAsync(server, large, new { type = "file", mime = "image/png", filename = "image.png", url = $"data:image/png;base64,{Convert.ToBase64String(new byte[Scale.Of(1, 8) * MegaByte])}" });
        for (var i = 0; i < Scale.Of(100, 1_000); i++)
            await TellAsync(server, large, new { type = "text", text = $"message {i}" });

        await using var stream = await server.ListenAsync();
        List<double> ofSmall = [], ofLarge = [];
        for (var round = 0; round < 11; round++)
        {
            ofSmall.Add(await FirstDeltaAsync(server, stream, small));
            ofLarge.Add(await FirstDeltaAsync(server, stream, large));
        }

        var (shortly, long_) = (Median(ofSmall), Median(ofLarge));
        Output.WriteLine($"First delta, median of 11 in turns: {shortly:0.0} ms with no history, {long_:0.0} ms with a prompt of 10 MB, an image of 8 MB and 1,000 messages ({long_ / shortly:0.00} ×).");
        if (Scale.IsFull)
            Assert.True(long_ <= 1.2 * shortly, $"{long_:0.0} ms after {shortly:0.0} ms.");
    }

    private static string Flood(int megabytes) => $"run: yes {new string('x', 99)} | head -c {megabytes}000000";

    private static Task TellAsync(ServerProcess server, string session, object part) =>
        server.Api.PostAsync($"/session/{session}/message", new { noReply = true, parts = new[] { part } });

    private static async Task<double> FirstDeltaAsync(ServerProcess server, SseClient stream, string session)
    {
        var from = stream.Frames.Count;
        var clock = Stopwatch.StartNew();
        await server.Api.PromptAsync(session, "hello");
        await stream.WaitForTypeAsync("message.part.delta", session, from);
        var took = clock.Elapsed.TotalMilliseconds;
        await stream.WaitForTypeAsync("session.idle", session, from);
        return took;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
