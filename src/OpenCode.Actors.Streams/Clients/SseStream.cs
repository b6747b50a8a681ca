using Akka;
using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;

namespace OpenCode.Actors.Streams.Clients;

/// <summary>The stream of a client, <c>LogSource → SseSink</c>: one blueprint, fused once, and one materializer for all clients of the hub.</summary>
/// <remarks>The materializer's supervisor is a child of the hub: streams that outlive their actor end with the hub.</remarks>
internal sealed class SseStream
{
    // The interpreter of a stream works off this many events, then it sends itself a message and the next actor has its turn. Each event is a push, so a client that takes all at
    // once gets at most 1 MiB per message, however far behind it is. Akka's own limit of 1,000 would let it have 250 MiB.
    private const int RunsPerTurn = 4;

    private readonly IGraph<ClosedShape, NotUsed> _blueprint;
    private readonly ActorMaterializer _materializer;

    public SseStream(IActorContext hub, SseClientSetup setup)
    {
        _blueprint = Fusing.Aggressive(Source.FromGraph(new LogSource(setup)).To(new SseSink(setup)));
        _materializer = hub.Materializer(ActorMaterializerSettings.Create(hub.System).WithSyncProcessingLimit(RunsPerTurn), namePrefix: "sse");
    }

    /// <summary>Gets the parent of all streams.</summary>
    public IActorRef Supervisor => _materializer.Supervisor;

    public void Run(SseConnection connection) => _materializer.Materialize(_blueprint, new Attributes(connection));
}
