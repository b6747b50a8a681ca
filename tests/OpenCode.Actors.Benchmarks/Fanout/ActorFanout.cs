using Akka.Actor;
using Microsoft.Extensions.Logging.Abstractions;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Ids.Doors;
using OpenCode.Actors.Streams.Clients;
using OpenCode.Actors.Streams.Frames;
using OpenCode.Actors.Streams.Log;
using OpenCode.Actors.Streams.Metrics;
using OpenCode.Actors.Streams.Settings;

namespace OpenCode.Actors.Benchmarks.Fanout;

/// <summary>The log's tail, its ring, and one actor with its stream per client.</summary>
internal sealed class ActorFanout : IFanout
{
    private readonly MemoryLog _journal = new();
    private readonly ActorSystem _system = ActorSystem.Create("fanout");
    private readonly IActorRef _hub;
    private readonly List<CopyingWriter> _writers = [];

    public ActorFanout()
    {
        var options = new EventStreamOptions { MaxStreams = 100_000 };
        var log = new EventLog(_journal, options);
        var logActor = _system.ActorOf(EventLogActor.PropsFor(log, NullLoggerFactory.Instance), "log");
        var events = new StreamEvents(new IdFactory(TimeProvider.System, SystemEntropy.Instance.Fill));
        var setup = new SseClientSetup(log, logActor, events, options, new EventStreamMetrics(), TimeProvider.System, NullLoggerFactory.Instance);
        _hub = _system.ActorOf(StreamHubActor.PropsFor(setup), "clients");
    }

    public long Deliveries => _writers.Sum(w => w.Frames);

    public async Task ConnectAsync(int clients)
    {
        for (var i = 0; i < clients; i++)
        {
            var writer = new CopyingWriter();
            _writers.Add(writer);
            var request = new StreamRequest(StreamKind.Bare, "/a", sessionId: null, cursor: null, writer);
            await _hub.Ask<StreamHubActor.Connected>(new StreamHubActor.Connect(request), TimeSpan.FromSeconds(10));
        }

        while (_writers.Any(w => !w.IsOpen))
            await Task.Yield();
        foreach (var writer in _writers)
            writer.Forget();
    }

    public void Publish(EntryDraft draft, int count) => _journal.Append(draft, count);

    public async ValueTask DisposeAsync() => await _system.Terminate();

    private sealed class CopyingWriter : ISseWriter
    {
        private readonly ClientBuffer _buffer = new();
        private long _frames;

        public long Frames => Volatile.Read(ref _frames);

        public bool IsOpen => Frames > 0;

        public void Forget() => Volatile.Write(ref _frames, 0);

        public ValueTask WriteAsync(FrameRun run, CancellationToken cancellationToken)
        {
            foreach (var frame in run.Frames)
                _buffer.Take(frame.Span);
            Volatile.Write(ref _frames, _frames + run.Count);
            return ValueTask.CompletedTask;
        }

        public void Reset(StreamEnd end)
        {
        }

        public ValueTask EndAsync() => ValueTask.CompletedTask;
    }
}
