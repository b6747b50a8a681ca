using System.Text.Json;

namespace OpenCode.Actors.Sessions.Models;

/// <summary>One piece of a model's streamed reply.</summary>
public abstract record ModelChunk;

/// <summary>The next piece of the reply's text; never empty.</summary>
/// <param name="Text">To be appended to the text so far.</param>
public sealed record TextDelta(string Text) : ModelChunk;

/// <summary>The next piece of the model's reasoning; never empty.</summary>
/// <param name="Text">To be appended to the reasoning so far.</param>
public sealed record ReasoningDelta(string Text) : ModelChunk;

/// <summary>The block of reasoning that was streamed last is over. Without text before it, it is a block whose text the provider hides.</summary>
/// <param name="Metadata">The provider's metadata, which goes back with it: the <c>metadata</c> of the reasoning part.</param>
public sealed record ReasoningEnded(JsonElement Metadata) : ModelChunk;

/// <summary>A tool call, given once it is complete.</summary>
/// <param name="Call">The call.</param>
public sealed record ToolCallChunk(ToolCall Call) : ModelChunk;

/// <summary>The reply is whole; nothing follows.</summary>
/// <param name="Reason">Why the model stopped.</param>
/// <param name="Usage">What the step cost; zeros where the provider does not say.</param>
public sealed record Finished(FinishReason Reason, TokenUsage Usage) : ModelChunk;

/// <summary>Why a model stopped.</summary>
public enum FinishReason
{
    /// <summary>It had said all it wanted.</summary>
    Stop,

    /// <summary>It waits for the results of its tool calls.</summary>
    ToolCalls,

    /// <summary>It ran into a limit of length.</summary>
    Length,

    /// <summary>The provider's filter took the rest.</summary>
    ContentFilter,
}

/// <summary>What one step cost, in tokens.</summary>
/// <param name="Input">Tokens read, without those that came from the provider's cache.</param>
/// <param name="Output">Tokens written, without the reasoning.</param>
/// <param name="Reasoning">Tokens of reasoning.</param>
/// <param name="CacheRead">Tokens read from the provider's cache.</param>
/// <param name="CacheWrite">Tokens written to the provider's cache.</param>
public sealed record TokenUsage(long Input, long Output, long Reasoning = 0, long CacheRead = 0, long CacheWrite = 0)
{
    /// <summary>Gets the usage of a step without a count.</summary>
    public static TokenUsage None { get; } = new(0, 0);
}
