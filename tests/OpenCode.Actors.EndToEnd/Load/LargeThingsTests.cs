using System.Diagnostics;
using System.Text.Json;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Load;

/// <summary>Large outputs, prompts and images and long histories cost no memory that stays, little of the stream, and no time of the next answer.</summary>
[Collection(HeavyTests.Name)]
public sealed class LargeThingsTests(ITestOutputHelper output) : ServerTest(output)
{
    private const int MegaByte = 1024 * 1024;
    private const int KeptCharacters = 30_000; // of an output, as docs/operations.md says

    private TurnWatch _watch = new("");

    [Fact]
    public async Task A_flood_of_output_leaves_the_memory_flat_and_the_stream_small()
    {
        var megabytes = Scale.Of(3, 100);
        var server = await StartAsync();
        Own(await SseClient.ConnectAsync(server.Root, onFrame: frame => _watch.Add(frame)));
        var session = await server.Api.CreateSessionAsync(new { title = "T" });
        await server.Api.AskAsync(session, Flood(2));
        var (before, peak) = (Unix.ResidentBytes(server.Id), 0L);

        _watch = new TurnWatch(session);
        var turn = server.Api.AskAsync(session, Flood(megabytes));
        while (!turn.IsCompleted)
        {
            peak = Math.Max(peak, Unix.ResidentBytes(server.Id));
            await Task.WhenAny(turn, Task.Delay(20));
        }

        await turn;
        await _watch.IdleAsync();
        var sent = _watch.BytesOfTools;
        var state = (await server.Api.MessagesAsync(session)).SelectMany(static message => message.GetProperty("parts").EnumerateArray())
            .Last(static part => part.Text("type") == "tool").GetProperty("state");
        var (kept, told) = (state.Text("metadata", "output")!, state.Text("output")!);
        Output.WriteLine($"{megabytes} MB of output: RSS {before / MegaByte} to {peak / MegaByte} MiB (+{(peak - before) / MegaByte}), "
            + $"{kept.Length} characters kept, {sent} bytes sent of it ({(double)sent / KeptCharacters:0.00} × what is kept at most), {_watch.Bytes} of the whole turn ({(double)_watch.Bytes / KeptCharacters:0.00} ×).");
        Assert.InRange(kept.Length, KeptCharacters - 200, KeptCharacters);
        Assert.InRange(told.Length, kept.Length, KeptCharacters + 1_000);
        Assert.Equal(megabytes * 1_000_000L, new FileInfo(state.Text("metadata", "outputPath")!).Length);
        Assert.True(_watch.Bytes <= 3L * KeptCharacters, $"{_watch.Bytes} bytes were sent of a turn with {kept.Length} kept, {sent} of them of the tool.");
        if (Scale.IsFull)
            Assert.True(peak - before <= 32L * MegaByte, $"RSS grew by {(peak - before) / MegaByte} MiB.");
    }

    [Fact]
    public async Task Large_prompts_and_a_long_history_do_not_delay_the_next_answer()
    {
        await using var provider = await TimedProvider.StartAsync();
        var server = await StartAsync(Setup with { Config = provider.Config() });
        var (bytes, image, messages) = (Scale.Of(1, 10) * MegaByte, Scale.Of(1, 8) * MegaByte, Scale.Of(100, 1_000));
        var histories = new List<History>
        {
            await TellAsync(server, "no history"),
            await TellAsync(server, $"a prompt of {bytes / MegaByte} MB", new { type = "text", text = new string('x', bytes) }),
            await TellAsync(server, $"an image of {image / MegaByte} MB", new { type = "file", mime = "image/png", filename = "image.png", url = Png(image) }),
            await TellAsync(server, $"{messages} messages", [.. Enumerable.Range(0, messages).Select(static i => new { type = "text", text = $"message {i}" })]),
        };
        Own(await SseClient.ConnectAsync(server.Root, onFrame: frame => _watch.Add(frame)));

        // In turns, each time with another one first: what a turn leaves to the collector falls on the next one. The model over HTTP comes after the other, since its requests leave much.
        var rounds = Scale.Of(3, 21);
        await RoundsAsync(rounds, histories, async history =>
        {
            var (began, delta, sent) = await AskAsync(server, history.Session, model: null);
            history.AddOffline(Since(began, delta), sent);
        });
        await RoundsAsync(rounds, histories, async history =>
        {
            var (began, delta, sent) = await AskAsync(server, history.Session, TimedProvider.Model);
            history.Add(began, provider.Last, delta, sent);
        });

        var none = histories[0];
        foreach (var history in histories)
        {
            var raw = history.Raw = await RawAsync(provider, history.Requested);
            Output.WriteLine($"{history.Name}: first delta of the offline model after {history.Offline:0.0} ms ({history.Offline / none.Offline:0.00} ×); over HTTP after {history.Whole:0.0} ms ({history.Whole / none.Whole:0.00} ×, {history.Whole / (none.Whole + history.Raw):0.00} × with the raw body beside it): "
                + $"{history.Head:0.0} to the head of the request, {history.Body:0.0} for its body of {history.Requested / 1000} kB (raw {raw:0.0}), {history.Rest:0.0} to the delta. {history.Sent} bytes sent.");
        }

        var large = histories.Skip(1).ToList();

        // Twice: a slow machine joins more of the answer into one delta. A history that is sent again is many times as much.
        Assert.All(large, history => Assert.True(history.Sent <= 2 * none.Sent, $"{history.Name}: {history.Sent} bytes were sent of a turn, {none.Sent} without a history."));
        Assert.All(large, history => Assert.InRange(history.Requested, history.Bytes, (1.4 * history.Bytes) + none.Requested + (200 * messages)));
        if (Scale.IsFull)
            Assert.All(large, history => Assert.True(history.Offline <= 1.2 * none.Offline, $"{history.Name}: {history.Offline:0.0} ms, {none.Offline:0.0} ms without a history."));
    }

    private static string Flood(int megabytes) => $"run: yes {new string('x', 99)} 2> /dev/null | head -c {megabytes}000000";

    private static string Png(int bytes)
    {
        var image = new byte[bytes];
        new Random(1).NextBytes(image);
        ((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]).CopyTo(image);
        return $"data:image/png;base64,{Convert.ToBase64String(image)}";
    }

    private static async Task<History> TellAsync(ServerProcess server, string name, params object[] parts)
    {
        var session = await server.Api.CreateSessionAsync(new { title = name });
        var bytes = 0L;
        foreach (var part in parts)
        {
            var sent = JsonSerializer.SerializeToElement(part);
            bytes += (sent.Text("text") ?? sent.Text("url"))!.Length;
            await server.Api.PostAsync($"/session/{session}/message", new { noReply = true, parts = new[] { sent } });
        }

        return new History(name, session, bytes);
    }

    private static async Task RoundsAsync(int rounds, List<History> histories, Func<History, Task> ask)
    {
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < histories.Count; i++)
                await ask(histories[(round + i) % histories.Count]);
        }
    }

    private async Task<(long Began, long Delta, long Sent)> AskAsync(ServerProcess server, string session, object? model)
    {
        var watch = _watch = new TurnWatch(session);
        var began = Stopwatch.GetTimestamp();
        await server.Api.PromptAsync(session, "hello", model ?? new { providerID = "embedded", modelID = "assistant" });
        var delta = await watch.DeltaAsync();
        await watch.IdleAsync();
        return (began, delta, watch.Bytes);
    }

    // The same bytes from a client that has them ready: what no server can be faster than.
    private static async Task<double> RawAsync(TimedProvider provider, long bytes)
    {
        using var http = new HttpClient();
        var times = new List<double>();
        for (var round = 0; round < 11; round++)
        {
            using var content = new ByteArrayContent(new byte[bytes]);
            (await http.PostAsync(provider.Completions, content)).Dispose();
            times.Add(Since(provider.Last.Head, provider.Last.End));
        }

        return Median(times);
    }

    private static double Since(long began, long ended) => Stopwatch.GetElapsedTime(began, ended).TotalMilliseconds;

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private sealed record History(string Name, string Session, long Bytes)
    {
        private readonly List<double> _offline = [], _whole = [], _head = [], _body = [], _rest = [];

        public double Offline => Median(_offline);

        public double Whole => Median(_whole);

        public double Head => Median(_head);

        public double Body => Median(_body);

        public double Rest => Median(_rest);

        /// <summary>Gets or sets what the body of the request takes a client that has it ready.</summary>
        public double Raw { get; set; }

        /// <summary>Gets how long the body of the last request was.</summary>
        public long Requested { get; private set; }

        /// <summary>Gets the most that was sent of a turn.</summary>
        public long Sent { get; private set; }

        public void AddOffline(double took, long sent)
        {
            _offline.Add(took);
            Sent = Math.Max(Sent, sent);
        }

        public void Add(long began, (long Head, long End, long Bytes) request, long delta, long sent)
        {
            _whole.Add(Since(began, delta));
            _head.Add(Since(began, request.Head));
            _body.Add(Since(request.Head, request.End));
            _rest.Add(Since(request.End, delta));
            (Requested, Sent) = (request.Bytes, Math.Max(Sent, sent));
        }
    }
}
