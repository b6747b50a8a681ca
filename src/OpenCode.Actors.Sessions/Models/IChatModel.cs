namespace OpenCode.Actors.Sessions.Models;

/// <summary>A language model that streams one reply: text, reasoning, tool calls, and what it cost.</summary>
/// <remarks>Safe for many requests at the same time. It keeps nothing between requests and never repeats one by itself: the run retries, because it shows each try.</remarks>
public interface IChatModel
{
    /// <summary>Streams the next step of a conversation.</summary>
    /// <param name="request">The whole conversation so far; the model remembers nothing.</param>
    /// <param name="cancellationToken">Ends the stream and closes its connection.</param>
    /// <returns>Chunks in the order the model made them. The last one is a <see cref="Finished"/>, exactly once.</returns>
    /// <exception cref="ModelException">The provider refused, failed or fell silent; <see cref="ModelException.Retryable"/> says whether another try makes sense.</exception>
    IAsyncEnumerable<ModelChunk> StreamAsync(ModelRequest request, CancellationToken cancellationToken);
}
