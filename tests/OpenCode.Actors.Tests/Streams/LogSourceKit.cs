using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.Streams.TestKit;
using OpenCode.Actors.Streams.Clients;
using OpenCode.Actors.Streams.Cursors;
using OpenCode.Actors.Streams.Frames;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Streams;

/// <summary>The source alone, with a probe for its sink and another for its client's actor: demand is the backpressure.</summary>
public abstract class LogSourceKit : StreamsKit
{
    private protected static readonly byte[] First = "first\n"u8.ToArray();

    private protected SseConnection Connection { get; private set; } = null!;

    private protected HubProbe Client { get; private set; } = null!;

    private protected TestSubscriber.Probe<FrameRun> Sink { get; private set; } = null!;

    private protected static string Text(ReadOnlyMemory<byte> frame) => System.Text.Encoding.UTF8.GetString(frame.Span);

    private protected void RunSource(string? session = null)
    {
        Prepare(session);
        Materialize();
        Run();
    }

    private protected void Prepare(string? session = null)
    {
        Start();
        _ = Materializer;
        Client = CreateProbe("client");
        Connection = new SseConnection(
            session is null ? Bare(new RecordingSseWriter()) : new StreamRequest(StreamKind.Session, "/a", session, cursor: null, new RecordingSseWriter()), Setup);
        Connection.Own(Client.Ref, CancellationToken.None);
    }

    private protected void Materialize() => Sink = Source.FromGraph(new LogSource(Setup)).AddAttributes(new Attributes(Connection)).RunWith(this.SinkProbe<FrameRun>(), Materializer);

    private protected void Open(long after) => Signal(new StreamOpening(new ResumePoint(after, 0), [First]));

    private protected void Signal(object signal)
    {
        Connection.Signal(signal);
        Run();
    }

    private protected void Demand()
    {
        Sink.Request(1);
        Run();
    }

    private protected FrameRun Next()
    {
        Run();
        return Sink.ExpectNext();
    }

    private protected FrameRun Pull()
    {
        Demand();
        return Next();
    }
}
