using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Stage;
using OpenCode.Actors.Streams.Frames;
using OpenCode.Actors.Streams.Log;

namespace OpenCode.Actors.Streams.Clients;

/// <summary>The log from a client's cursor on, one run of frames for each pull. Demand is the backpressure: nothing is read before it is asked for.</summary>
/// <remarks>
/// The stage is part of a blueprint that all clients share; the client comes as an attribute, <see cref="SseConnection"/>. All that the source waits for (a wake-up of the ring,
/// its opening, a page, a heartbeat, the end) reaches it as a signal by one asynchronous callback. The run is one object: the sink empties it before it pulls again.
/// </remarks>
internal sealed class LogSource : GraphStage<SourceShape<FrameRun>>
{
    private readonly Outlet<FrameRun> _out = new("log.out");
    private readonly SseClientSetup _setup;

    public LogSource(SseClientSetup setup)
    {
        _setup = setup;
        Shape = new SourceShape<FrameRun>(_out);
    }

    /// <summary>Signal: there is more to read. One object for all, since each client gets it with each wave of the log.</summary>
    public sealed record Wake
    {
        public static Wake Instance { get; } = new();
    }

    /// <summary>Signal: nothing was sent for the interval of heartbeats.</summary>
    public sealed record Beat;

    /// <summary>Signal: the actor gets <see cref="SseClientActor.CursorReached"/> when the client has all up to an offset.</summary>
    /// <param name="Offset">An offset that the ring has reached.</param>
    public sealed record ReportAt(long Offset);

    /// <summary>Signal: the client's actor is gone.</summary>
    public sealed record Stop;

    public override SourceShape<FrameRun> Shape { get; }

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(
        this, inheritedAttributes.GetAttribute<SseConnection>() ?? throw new InvalidOperationException("The stream of a client is materialized with its connection as an attribute."));

    private sealed class Logic : GraphStageLogic, IOutHandler
    {
        private readonly LogSource _stage;
        private readonly SseConnection _connection;
        private readonly Action<object> _signal;
        private ClientFeed? _feed;
        private LogPagesActor.ReadPage? _asked;
        private bool _hasPushed;

        // The counts, not the shape: with it the base makes a source of logs for each client.
        public Logic(LogSource stage, SseConnection connection)
            : base(inCount: 0, outCount: 1)
        {
            _stage = stage;
            _connection = connection;
            SetHandler(stage._out, this);

            // Here and not in PreStart: the actor has the callback when Materialize returns, and what it signals before the stage has started is kept.
            _signal = GetAsyncCallback<object>(OnSignal);
            connection.Connect(_signal);
        }

        private ClientFeed Feed => _feed!;

        private bool IsPulled => IsAvailable(_stage._out);

        public override void PreStart() => _feed = new ClientFeed(_connection.Request, _connection.Progress, _stage._setup, () => _signal(Wake.Instance));

        public override void PostStop() => _feed?.Dispose();

        public void OnPull()
        {
            try
            {
                // The sink pulls when its flush has ended.
                if (_hasPushed)
                    Feed.Flushed();
                PushNext(Feed.Next());
            }
            catch (Exception cause)
            {
                FailStage(cause);
            }
        }

        public void OnDownstreamFinish(Exception cause) => CompleteStage();

        private void OnSignal(object signal)
        {
            try
            {
                Handle(signal);
            }
            catch (Exception cause)
            {
                FailStage(cause);
            }
        }

        private void Handle(object signal)
        {
            if (signal is LogPagesActor.PageRead or LogPagesActor.PageTrimmed)
                _asked = null;

            switch (signal)
            {
                case Wake:
                    ContinueIf(StreamPhase.Waiting);
                    Feed.Looked();
                    break;
                case Beat when IsPulled && _connection.Progress.TimeLeft(_stage._setup.Options) <= TimeSpan.Zero:
                    PushNext(Feed.Beat());
                    break;
                case ReportAt m:
                    // The cursor may be old only because nothing came for the client: look.
                    Feed.ReportAt(m.Offset);
                    ContinueIf(StreamPhase.Waiting);
                    Report();
                    break;
                case StreamOpening m:
                    Feed.Open(m);
                    ContinueIf(StreamPhase.Waiting);
                    break;
                case LogPagesActor.PageRead m when IsPulled && _connection.Progress.Phase == StreamPhase.AwaitingPage:
                    Feed.Take(m.Page);
                    PushNext(Feed.Next());
                    break;
                case LogPagesActor.PageTrimmed:
                    ContinueIf(StreamPhase.AwaitingPage);
                    break;
                case SseClientActor.EndAfter m:
                    Feed.StopAfter(m.Offset);
                    ContinueIf(StreamPhase.Waiting);
                    break;
                case Stop:
                    CompleteStage();
                    break;
            }
        }

        // While a write is under way its end looks again, and a signal for another phase is late.
        private void ContinueIf(StreamPhase phase)
        {
            if (IsPulled && _connection.Progress.Phase == phase)
                PushNext(Feed.Next());
        }

        private void PushNext(FeedState state)
        {
            switch (state)
            {
                case FeedState.Ready:
                    _hasPushed = true;
                    Push(_stage._out, Feed.Run);
                    break;
                case FeedState.NeedsPage:
                    AskFor(Feed.NextPage);
                    break;
                case FeedState.OutOfWindow:
                    _connection.Client.Tell(new SseClientActor.OutOfWindow(Feed.Id.ToString()));
                    break;
                case FeedState.AllSent:
                    _connection.Client.Tell(new SseClientActor.AllSent());
                    break;
            }

            Report();
        }

        // After a heartbeat in between, the page may still be on its way.
        private void AskFor(LogPagesActor.ReadPage page)
        {
            if (page == _asked)
                return;

            _asked = page;
            _stage._setup.LogActor.Tell(page, _connection.Client);
        }

        private void Report()
        {
            if (Feed.TryReport())
                _connection.Client.Tell(new SseClientActor.CursorReached());
        }
    }
}
