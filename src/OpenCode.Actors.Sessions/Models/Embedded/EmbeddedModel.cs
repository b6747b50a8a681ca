using System.Runtime.CompilerServices;
using OpenCode.Actors.Protocol.Models;

namespace OpenCode.Actors.Sessions.Models.Embedded;

/// <summary>The embedded model: offline, deterministic, and no language model, which it says. It makes every feature work without a key.</summary>
/// <param name="time">Paces <c>slow:</c>.</param>
public sealed class EmbeddedModel(TimeProvider time) : IChatModel
{
    /// <summary>Its provider's id.</summary>
    public const string ProviderId = "embedded";

    /// <summary>Its id at that provider.</summary>
    public const string ModelId = "assistant";

    /// <summary>Gets both ids.</summary>
    public static ModelRef Ref { get; } = new(ProviderId, ModelId);

    // A text of any length comes in no more deltas than this, give or take one: clients shall see it stream, not suffer.
    private const int MaxDeltas = 400;

    /// <summary>Gets the provider as clients list it.</summary>
    public static ProviderInfo Provider { get; } = new(ProviderId, "OpenCode.Actors", [new ModelInfo(ModelId, "Embedded assistant")]);

    /// <inheritdoc/>
    public async IAsyncEnumerable<ModelChunk> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var reply = EmbeddedScript.Answer(request);
        if (reply.Failure is not null)
            throw reply.Failure;

        foreach (var piece in Pieces(reply.Reasoning, MaxDeltas))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new ReasoningDelta(piece);
        }

        var began = time.GetTimestamp();
        var due = TimeSpan.Zero;
        foreach (var piece in Pieces(reply.Text, reply.Pace > TimeSpan.Zero ? int.MaxValue : MaxDeltas))
        {
            cancellationToken.ThrowIfCancellationRequested();
            due += reply.Pace;
            if (due - time.GetElapsedTime(began) is { Ticks: > 0 } wait)
                await Task.Delay(wait, time, cancellationToken);
            yield return new TextDelta(piece);
        }

        if (reply.Call is { } call)
            yield return new ToolCallChunk(call);

        yield return new Finished(reply.Call is null ? FinishReason.Stop : FinishReason.ToolCalls, Count(request, reply));
    }

    // Words with the white space after them, several at a time when there are very many.
    private static IEnumerable<string> Pieces(string text, int maxPieces)
    {
        var least = text.Length / maxPieces;
        for (var from = 0; from < text.Length;)
        {
            var end = Math.Min(text.Length, from + least);
            while (end < text.Length && !char.IsWhiteSpace(text[end]))
                end++;
            while (end < text.Length && char.IsWhiteSpace(text[end]))
                end++;
            yield return text[from..end];
            from = end;
        }
    }

    // Four characters make a token, near enough, and always the same.
    private static TokenUsage Count(ModelRequest request, EmbeddedReply reply)
    {
        var input = (request.System?.Length ?? 0) + request.Messages.Sum(static message => message switch
        {
            UserTurn m => m.Text.Length,
            AssistantTurn m => m.Text.Length + m.Reasoning.Sum(static block => block.Text.Length),
            ToolResult m => m.Output.Length,
            _ => 0,
        });
        return new TokenUsage(Tokens(input), Tokens(reply.Text.Length + (reply.Call?.Input.GetRawText().Length ?? 0)), Tokens(reply.Reasoning.Length));
    }

    private static long Tokens(int characterCount) => (characterCount + 3) / 4;
}
