using System.Runtime.CompilerServices;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Snapshots;

namespace OpenCode.Actors.Sessions.Runs;

/// <summary>Reads one call of a model as facts.</summary>
internal static class ModelFacts
{
    /// <summary>The most text and reasoning of one answer, in UTF-16 code units: two million tokens.</summary>
    /// <remarks>A text that ends is an event and a row in one batch of the journal, which takes 128 MiB. JSON writes a unit as six bytes at most: 96 MiB.</remarks>
    public const int MostText = 8 << 20;

    /// <summary>Reads it to its end, which is the last fact: <see cref="AnswerEnded"/> or <see cref="AnswerBroken"/>.</summary>
    /// <remarks>A failure is a fact too, so that a stream delivers it behind the text that came before; an error of a stream overtakes what is buffered.</remarks>
    /// <param name="model">The model.</param>
    /// <param name="request">The request.</param>
    /// <param name="isWaiting">Called with true before a wait for the next chunk, and with false after it.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async IAsyncEnumerable<RunFact> ReadAsync(
        IChatModel model, ModelRequest request, Action<bool> isWaiting, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var facts = TranslateAsync(model, request, isWaiting, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            RunFact fact;
            try
            {
                if (!await facts.MoveNextAsync())
                    yield break;
                fact = facts.Current;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                yield break; // The run gave this call up.
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                fact = new AnswerBroken(e);
            }

            yield return fact;
            if (fact is AnswerEnded or AnswerBroken)
                yield break;
        }
    }

    private static async IAsyncEnumerable<RunFact> TranslateAsync(
        IChatModel model, ModelRequest request, Action<bool> isWaiting, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var chunks = model.StreamAsync(request, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var length = 0L;
        while (await MoveNextAsync(chunks, isWaiting))
        {
            var fact = FactOf(chunks.Current);
            length += (fact as TextStreamed)?.Text.Length ?? 0;
            if (length > MostText)
                throw new ModelException($"The model's answer has more than {MostText >> 20} Mi characters of text, and was given up. Ask for less at once.", retryable: false);
            yield return fact;
        }

        throw new ModelException("The model's stream ended without saying that it was complete.", retryable: true);
    }

    private static async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<ModelChunk> chunks, Action<bool> isWaiting)
    {
        var next = chunks.MoveNextAsync();
        if (next.IsCompleted)
            return await next;

        isWaiting(true);
        try
        {
            return await next;
        }
        finally
        {
            isWaiting(false);
        }
    }

    private static RunFact FactOf(ModelChunk chunk) => chunk switch
    {
        TextDelta m => new TextStreamed(IsReasoning: false, m.Text),
        ReasoningDelta m => new TextStreamed(IsReasoning: true, m.Text),
        ReasoningEnded m => new ReasoningClosed(m.Metadata),
        ToolCallChunk m => new ToolCalled(m.Call),
        SnapshotTaken m => new StepSnapshotTaken(m.Snapshot),
        Finished m => new AnswerEnded(m.Reason, m.Usage),
        _ => throw new InvalidOperationException($"The model sent {chunk.GetType().Name}, which is not known."),
    };
}
