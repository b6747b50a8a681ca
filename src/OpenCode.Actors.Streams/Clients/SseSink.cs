using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Stage;
using OpenCode.Actors.Streams.Frames;

namespace OpenCode.Actors.Streams.Clients;

/// <summary>Writes each run to the client: one write, one flush, then the next pull.</summary>
/// <remarks>A failure of the writer ends this stream alone. The client's actor gets one message, with the cause, when the stage has stopped.</remarks>
internal sealed class SseSink : GraphStage<SinkShape<FrameRun>>
{
    private readonly Inlet<FrameRun> _in = new("sse.in");
    private readonly SseClientSetup _setup;

    public SseSink(SseClientSetup setup)
    {
        _setup = setup;
        Shape = new SinkShape<FrameRun>(_in);
    }

    public override SinkShape<FrameRun> Shape { get; }

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(
        this, inheritedAttributes.GetAttribute<SseConnection>() ?? throw new InvalidOperationException("The stream of a client is materialized with its connection as an attribute."));

    private sealed class Logic : GraphStageLogic, IInHandler
    {
        private readonly SseSink _stage;
        private readonly SseConnection _connection;
        private readonly RunWriter _writer;
        private Action? _onWritten;
        private SseClientActor.StreamEnded? _failure;

        // The counts, not the shape: with it the base makes a source of logs for each client.
        public Logic(SseSink stage, SseConnection connection)
            : base(inCount: 1, outCount: 0)
        {
            _stage = stage;
            _connection = connection;
            _writer = new RunWriter(connection.Request.Writer, stage._setup.Metrics);
            SetHandler(stage._in, this);
        }

        public override void PreStart() => Pull(_stage._in);

        public override void PostStop() => _connection.Client.Tell(_failure ?? SseClientActor.StreamEnded.WithoutCause);

        public void OnPush()
        {
            bool isFlushed;
            try
            {
                isFlushed = _writer.Write(Grab(_stage._in), _connection.Stopping);
            }
            catch (Exception cause)
            {
                Fail(cause, inWriter: true);
                return;
            }

            if (isFlushed)
            {
                Pull(_stage._in);
                return;
            }

            _connection.Progress.Await(StreamPhase.Writing);
            _writer.WhenEnded(_onWritten ??= GetAsyncCallback(OnWritten));
        }

        public void OnUpstreamFinish() => CompleteStage();

        public void OnUpstreamFailure(Exception e) => Fail(e, inWriter: false);

        private void OnWritten()
        {
            try
            {
                _writer.Complete();
            }
            catch (Exception cause)
            {
                Fail(cause, inWriter: true);
                return;
            }

            Pull(_stage._in);
        }

        private void Fail(Exception cause, bool inWriter)
        {
            _failure = new SseClientActor.StreamEnded(cause, inWriter);
            FailStage(cause);
        }
    }
}
