using Microsoft.Extensions.Logging.Abstractions;
using OpenCode.Actors.Journaling;
using OpenCode.Actors.Streams;
using OpenCode.Actors.Streams.Frames;
using OpenCode.Actors.Streams.Log;
using OpenCode.Actors.Streams.Subscribers;

namespace OpenCode.Actors.Benchmarks.Fanout;

/// <summary>The log's tail, its ring and one subscriber actor per client.</summary>
internal sealed class ActorFanout : IFanout
{
    private readonly MemoryLog _journal = new();
    private readonly ActorSystem _system = ActorSystem.Create("fanout");
    private readonly EventLog _log;
    private readonly IActorRef _subscribers;
    private readonly List<CopyingWriter> _writers = [];

    public ActorFanout()
    {
        var options = new EventStreamOptions { MaxStreams = 100_000 };
        _log = new EventLog(_journal, options);
        var logActor = _system.ActorOf(EventLogActor.PropsFor(_log, NullLoggerFactory.Instance), "log");
        _subscribers = _system.ActorOf(SubscribersActor.PropsFor(_log, logActor, options, new EventStreamMetrics(), NullLoggerFactory.Instance), "subscribers");
    }

    public long Deliveries => _writers.Sum(w => w.Frames);

    public async Task ConnectAsync(int clients)
    {
        for (var i = 0; i < clients; i++)
        {
            var writer = new CopyingWriter();
            _writers.Add(writer);
            var request = new StreamRequest(StreamKind.Bare, "/a", sessionId: null, cursor: null, writer);
            await _subscribers.Ask<SubscribersActor.Connected>(new SubscribersActor.Connect(request), TimeSpan.FromSeconds(10));
        }

        while (_writers.Any(w => !w.IsOpen))
            await Task.Yield();
        foreach (var writer in _writers)
            writer.Forget();
    }

    public void Publish(EntryDraft draft, int count) => _journal.Append(draft, count);

    public async ValueTask DisposeAsync() => await _system.DisposeAsync();

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
