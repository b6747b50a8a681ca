using System.Globalization;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Server.Sse;
using OpenCode.Actors.Streams.Clients;
using OpenCode.Actors.Streams.Log;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.InProcess;

/// <summary>The promise of the product: a failed write stops only that client's actor while publishers and session actors continue.</summary>
[Collection(HeavyTests.Name)]
public sealed class BadClientsTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Healthy = 20;
    private const int Sessions = 20;
    private const int AtOnce = 20;

    private const string Config = """
        { "server": { "event_stream": { "ring_bytes": 16777216, "write_timeout_ms": 3000, "heartbeat_ms": 1000 } } }
        """;

    private readonly TempFolder _folder = new();
    private readonly FailingWriters _writers = new();
    private InProcessServer _server = null!;

    private static int Resets => Scale.Of(200, 1_000);

    private static int Throwing => Scale.Of(40, 200);

    private static int Deaf => Scale.Of(5, 20);

    private IActorRef Hub => _server.Services.GetRequiredService<IRequiredActor<StreamHubActor>>().ActorRef;

    private LogRing Ring => _server.Services.GetRequiredService<EventLog>().Ring;

    public async Task InitializeAsync() =>
        _server = await InProcessServer.StartAsync(_folder, Config, services => services.Replace(ServiceDescriptor.Singleton<ISseWriterFactory>(_writers)));

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Clients_that_reset_throw_and_never_read_end_their_own_actors_and_nothing_else()
    {
        var random = new Random(Scale.Seed());
        var sessions = await Task.WhenAll(Enumerable.Range(0, Sessions).Select(_ => _server.Api.CreateSessionAsync()));
        await WarmAsync();
        var actorsBefore = InProcessServer.CountBelow(Hub);
        var readersBefore = Ring.Readers;
        var filesBefore = OpenFiles();

        var healthy = await Task.WhenAll(Enumerable.Range(0, Healthy).Select(_ => SseClient.ConnectAsync(_server.Root, "/event")));
        using var badOnesAreDone = new CancellationTokenSource();
        var work = Task.WhenAll(sessions.Select(session => WorkAsync(session, badOnesAreDone.Token)));
        var endedBefore = await EndedAsync();

        var deaf = await Task.WhenAll(Enumerable.Range(0, Deaf).Select(_ => StalledClient.ConnectAsync(_server.Root, "/global/event")));
        var flood = FloodAsync(badOnesAreDone.Token);
        await EachAsync(Throwing, () => ThrowAsync(random.Next(2, 6)));
        await EachAsync(Resets, () => ResetAsync(random.Next(1, 6)));
        await Eventually.TrueAsync(() => deaf.All(client => client.IsEnded), "the end of every client that never reads");
        await badOnesAreDone.CancelAsync();
        await Eventually.EndsAsync(flood, "the flood");
        var turns = (await Eventually.EndsAsync(work, "the sessions' work")).Sum();

        // What the healthy clients saw: every event of the log, once, in order.
        await _server.Api.PublishToastAsync("the end");
        foreach (var client in healthy)
            await client.WaitForAsync(f => f.Type == "tui.toast.show" && f.Properties.Text("message") == "the end", "the last event");
        foreach (var client in healthy)
            EventRecord.AssertDense(client.Frames);
        foreach (var client in healthy)
            EventRecord.AssertSame([.. healthy[0].Events.Select(f => f.Id!)], [.. client.Events.Select(f => f.Id!)], "a healthy client");

        // What their parent counted: exactly those actors ended, each for its own reason.
        var ended = endedBefore;
        await Eventually.TrueAsync(
            async () =>
            {
                ended = await EndedAsync();
                return ended.Values.Sum() - endedBefore.Values.Sum() >= Throwing + Resets + Deaf && Ring.Readers == readersBefore + Healthy;
            },
            "the end of the actor of every bad client");
        Assert.Equal(Throwing, _writers.Thrown);
        Assert.Equal(Throwing, Count(ended, "failed") - Count(endedBefore, "failed"));
        Assert.Equal(Resets, Count(ended, "disconnected") - Count(endedBefore, "disconnected"));
        Assert.Equal(Deaf, Count(ended, "stalled") - Count(endedBefore, "stalled"));
        Assert.Equal(0, Count(ended, "broken"));

        foreach (var client in healthy)
            await client.DisposeAsync();
        Array.ForEach(deaf, client => client.Dispose());
        await Eventually.TrueAsync(() => Ring.Readers == readersBefore && InProcessServer.CountBelow(Hub) == actorsBefore, "the last actor and the last reader of the ring");
        await Eventually.TrueAsync(() => OpenFiles() <= filesBefore + 8, $"{filesBefore} open files as before, now {OpenFiles()}");
        output.WriteLine(
            $"{Resets} clients reset, {Throwing} writers threw, {Deaf} clients never read; {Healthy} healthy clients saw {healthy[0].Events.Count} events each, none missing or double; "
            + $"{turns} turns of {Sessions} sessions, no request failed; actors, ring readers and files ({filesBefore} to {OpenFiles()}) as before.");
    }

    private static async Task EachAsync(int count, Func<Task> act)
    {
        for (var done = 0; done < count; done += AtOnce)
            await Task.WhenAll(Enumerable.Range(0, Math.Min(AtOnce, count - done)).Select(_ => act()));
    }

    private static int OpenFiles() => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count();

    private static double Count(IReadOnlyDictionary<string, double> ended, string reason) => ended.GetValueOrDefault(reason);

    // What is made once and kept (connections of the pool, compiled code) is made before anything is counted.
    private async Task WarmAsync()
    {
        var actors = InProcessServer.CountBelow(Hub);
        await EndedAsync(); // The first look at the metrics loads what collects them.
        await EachAsync(AtOnce, () => _server.Api.PublishToastAsync("warm"));
        await EachAsync(AtOnce, async () =>
        {
            await using var client = await SseClient.ConnectAsync(_server.Root, "/global/event");
            await client.WaitForTypeAsync("server.connected");
        });
        await Eventually.TrueAsync(() => Ring.Readers == 0 && InProcessServer.CountBelow(Hub) == actors, "the first clients to be gone");
    }

    // Each call asserts its status: a request that fails fails the test.
    private async Task<int> WorkAsync(string session, CancellationToken stop)
    {
        var turns = 0;
        while (!stop.IsCancellationRequested)
        {
            var answer = await _server.Api.AskAsync(session, "slow: 3");
            Assert.True(answer.Has("info", "time", "completed"));
            turns++;
        }

        return turns;
    }

    // Enough for the buffers of the clients that never read.
    private async Task FloodAsync(CancellationToken stop)
    {
        for (var n = 0; n < 600 && !stop.IsCancellationRequested; n++)
            await _server.Api.PublishToastAsync(n.ToString(CultureInfo.InvariantCulture) + new string('x', 16_000));
        while (!stop.IsCancellationRequested)
        {
            await _server.Api.PublishToastAsync("more");
            await Task.Delay(5, CancellationToken.None);
        }
    }

    private async Task ThrowAsync(int failAt)
    {
        try
        {
            await using var client = await SseClient.ConnectAsync(_server.Root, "/global/event", headers: $"{FailingWriters.Header}: {failAt}\r\n", onFrame: static _ => { });
            Assert.NotEqual(Harness.StreamEnd.Clean, await Eventually.EndsAsync(client.Ended, "the stream whose writer throws"));
        }
        catch (System.Net.Sockets.SocketException)
        {
            // Reset before the head of the response was read.
        }
    }

    private async Task ResetAsync(int frames)
    {
        var client = await SseClient.ConnectAsync(_server.Root, "/global/event");
        await client.WaitForAsync(_ => --frames < 0, "some frames");
        await client.ResetAsync();
    }

    private async Task<IReadOnlyDictionary<string, double>> EndedAsync()
    {
        using var response = await _server.Api.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/metrics"));
        var ended = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var line in (await response.Content.ReadAsStringAsync()).Split('\n'))
        {
            if (!line.StartsWith("opencode_streams_ended_total{", StringComparison.Ordinal))
                continue;

            var reason = line.Split("reason=\"")[1].Split('"')[0];
            ended[reason] = double.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture);
        }

        return ended;
    }
}
