using Akka.Actor;
using Akka.Event;
using Akka.Streams;
using Akka.Streams.Dsl;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Sessions.Runs;

/// <summary>One call of the model: a stream of facts, joined while the run waits for its credit. The run ignores messages of a call that is not the current one.</summary>
internal sealed class ModelCall
{
    // Beyond this the stream waits until the session has caught up: the memory of a run is bounded.
    private const long MaxBatchBytes = 64 * 1024;

    private UniqueKillSwitch? _stream;

    /// <summary>Gets a value indicating whether the model has begun to answer.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Gets a value indicating whether the model wants a tool.</summary>
    public bool HasCalls { get; private set; }

    /// <summary>Calls a model. The run gets <see cref="FactsRead"/> and <see cref="WaitChanged"/>.</summary>
    public static ModelCall Begin(IChatModel model, ModelRequest request, IActorRef run, IMaterializer materializer, CancellationToken stopped)
    {
        var call = new ModelCall();
        call._stream = Source.From(() => ModelFacts.ReadAsync(model, request, isWaiting => run.Tell(new WaitChanged(call, isWaiting))))
            .ViaMaterialized(KillSwitches.Single<RunFact>(), Keep.Right)
            .BatchWeighted(MaxBatchBytes, CostOf, static fact => new FactList().Add(fact), static (facts, fact) => facts.Add(fact))
            .SelectAsync(1, facts => run.Ask<Taken>(new FactsRead(call, facts.Take()), Timeout.InfiniteTimeSpan, stopped))
            .ToMaterialized(Sink.Ignore<Taken>(), Keep.Left)
            .Run(materializer);
        return call;
    }

    /// <summary>Updates the state of the call with a fact.</summary>
    /// <returns>Whether it is the first.</returns>
    public bool Note(RunFact fact)
    {
        var isFirst = !HasBegun;
        HasBegun = true;
        HasCalls |= fact is ToolCalled;
        return isFirst;
    }

    /// <summary>Ends the stream, which cancels the model's token. The model's connection closes afterwards, without a notice.</summary>
    public void End() => _stream?.Shutdown();

    private static long CostOf(RunFact fact) => fact is TextStreamed text ? text.Text.Length * sizeof(char) : 1;

    /// <summary>Facts from the model's answer. The run answers with <see cref="Taken"/> when they are durable: then the stream sends the next.</summary>
    public sealed record FactsRead(ModelCall Call, IReadOnlyList<object> Facts) : IDeadLetterSuppression;

    /// <summary>The facts are durable, or of a call that was given up: the stream may continue.</summary>
    public sealed record Taken : IDeadLetterSuppression;

    /// <summary>A wait for the model's next chunk begins or ends.</summary>
    public sealed record WaitChanged(ModelCall Call, bool IsWaiting) : IDeadLetterSuppression;
}
