using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Cursors;
using OpenCode.Actors.Tests.TestKit.Sse;
using OpenCode.Actors.Storage.Sqlite;
using OpenCode.Actors.Streams;
using OpenCode.Actors.Streams.Clients;
using OpenCode.Actors.Streams.Frames;
using OpenCode.Actors.Streams.Log;
using OpenCode.Actors.Streams.Metrics;
using StreamEnd = OpenCode.Actors.Streams.Clients.StreamEnd;

namespace OpenCode.Actors.EndToEnd.InProcess;

/// <summary>The tail, the streams, their actors and the transports on threads of their own: no seed orders them, so only this can show a race between them.</summary>
public sealed class RealThreadsTests
{
    private const int Events = 3_000;
    private const int Clients = 30;

    [Fact]
    public async Task Clients_that_fail_and_come_back_while_events_are_published_get_all_of_them_in_order()
    {
        using var folder = new TempFolder();
        await using var journal = await SqliteJournal.OpenAsync(folder.Path, new JournalOptions(), TimeProvider.System, () => 7);
        using var host = NewHost(journal);
        await host.StartAsync();
        var hub = host.Services.GetRequiredService<IRequiredActor<StreamHubActor>>().ActorRef;

        var clients = Enumerable.Range(0, Clients).Select(i => RunClientAsync(hub, i, $"{journal.Timeline.Id}.{journal.Timeline.Current}-0")).ToList();
        for (var i = 0; i < Events; i += 5)
            await journal.AppendAsync(new JournalBatch([.. Enumerable.Range(i, 5).Select(Draft)], []), CancellationToken.None);
        await Eventually.EndsAsync(Task.WhenAll(clients), "the clients");

        var metrics = host.Services.GetRequiredService<EventStreamMetrics>();
        var ring = host.Services.GetRequiredService<EventLog>().Ring;
        await Eventually.TrueAsync(() => metrics.Open == 0 && ring.Readers == 0, "nothing is left of the streams");
        await host.StopAsync();
    }

    private static EntryDraft Draft(int i) => new($"evt_{i:d6}", "tui.toast.show", "/a", "global", null, -1, Durable: false, """{"message":"hello"}"""u8.ToArray());

    // As an EventSource does: it comes back with its last id until it has seen all.
    private static async Task RunClientAsync(IActorRef hub, int number, string beginning)
    {
        var choice = new Random(number);
        var client = new Client(beginning);
        while (client.Seen < Events)
        {
            var writer = new PoolSseWriter(client, isAsync: number % 3 > 0, failsAfter: number % 2 == 0 ? int.MaxValue : choice.Next(100));
            var request = new StreamRequest(StreamKind.Wrapped, location: null, sessionId: null, client.LastEventId, writer);
            var connected = await hub.Ask<StreamHubActor.Connected>(new StreamHubActor.Connect(request), Eventually.Generous);
            await Task.WhenAny(request.Ended, client.HasAll);
            connected.Client.Tell(new SseClientActor.Disconnect(), ActorRefs.NoSender);
            await request.Ended;
            writer.Release();
            if (client.HasAll.IsFaulted)
                await client.HasAll;
        }
    }

    private static IHost NewHost(IJournal journal)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services
            .AddSingleton(journal)
            .AddEventStreams(options =>
            {
                options.RingBytes = 1 << 20;
                options.HeartbeatMs = 60_000; // Longer than the test may last: no heartbeat makes good for a lost wake-up.
            })
            .AddAkka("opencode", akka => akka
                .AddHocon("akka { stdout-loglevel = off, loglevel = off, coordinated-shutdown { exit-clr = off, run-by-clr-shutdown-hook = off } }", HoconAddMode.Prepend)
                .AddEventStreams());
        return builder.Build();
    }

    /// <summary>What a client has, over all its connections.</summary>
    private sealed class Client(string beginning)
    {
        private readonly TaskCompletionSource _hasAll = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Seen { get; private set; }

        public string LastEventId { get; private set; } = beginning;

        public Task HasAll => _hasAll.Task;

        public void Take(SseEvent sse)
        {
            LastEventId = sse.LastEventId;
            if (!sse.Data.Contains("tui.toast.show", StringComparison.Ordinal))
                return;

            Assert.True(StreamCursor.TryParse(sse.LastEventId, out var cursor));
            if (cursor.Offset != ++Seen)
                _hasAll.TrySetException(new InvalidOperationException($"Event {cursor.Offset} came where {Seen} was next."));
            if (Seen == Events)
                _hasAll.TrySetResult();
        }
    }

    /// <summary>One connection: its flush ends on the pool, and fails where the test says.</summary>
    private sealed class PoolSseWriter(Client client, bool isAsync, int failsAfter) : ISseWriter
    {
        private readonly SseParser _parser = new();
        private readonly Lock _lock = new();
        private bool _isReleased;
        private int _writes;

        public ValueTask WriteAsync(FrameRun run, CancellationToken cancellationToken)
        {
            lock (_lock)
            {
                if (_isReleased)
                    throw new OperationCanceledException("The request is over.");
                if (_writes++ == failsAfter)
                    throw new IOException("reset by peer");

                foreach (var frame in run)
                {
                    foreach (var sse in _parser.Feed(frame.Span))
                        client.Take(sse);
                }
            }

            return isAsync ? new ValueTask(Task.Run(static () => { }, CancellationToken.None)) : default;
        }

        // The request is over, as its endpoint has it; a write may still be on its way.
        public void Release()
        {
            lock (_lock)
                _isReleased = true;
        }

        public void Reset(StreamEnd end)
        {
        }

        public ValueTask EndAsync() => default;
    }
}
