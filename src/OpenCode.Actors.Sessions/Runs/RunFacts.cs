using System.Text.Json;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Sessions.Runs;

/// <summary>Something that happened in a run. Reports hold these, and the reports of tools as they came.</summary>
internal abstract record RunFact;

/// <summary>The model has begun to answer: the first chunk of a try is there.</summary>
/// <param name="Snapshot">The snapshot of the files; null when none was taken.</param>
internal sealed record AnswerBegan(string? Snapshot = null) : RunFact;

/// <summary>The files are kept as they were before the step. Never reported: the begin of the answer has it.</summary>
internal sealed record FilesKept(string Snapshot) : RunFact;

/// <summary>The model said or thought something.</summary>
internal sealed record TextStreamed(bool IsReasoning, string Text) : RunFact;

/// <summary>The reasoning that came last is a whole block, or one whose text is hidden.</summary>
/// <param name="Metadata">What the provider wants to see again with it.</param>
internal sealed record ReasoningClosed(JsonElement Metadata) : RunFact;

/// <summary>The model wants a tool.</summary>
internal sealed record ToolCalled(ToolCall Call) : RunFact;

/// <summary>The model has said all of this step.</summary>
internal sealed record AnswerEnded(FinishReason Reason, TokenUsage Usage) : RunFact;

/// <summary>The model's stream broke. Never reported: the run tries again, or reports what came of it.</summary>
internal sealed record AnswerBroken(Exception Cause) : RunFact;

/// <summary>The model failed and will be tried again.</summary>
/// <param name="Attempt">How many tries have failed.</param>
/// <param name="Message">Why the last one did.</param>
/// <param name="Next">When it is tried again, in milliseconds of the epoch.</param>
internal sealed record RetryPlanned(int Attempt, string Message, long Next) : RunFact;

/// <summary>The wait is over, the model is tried again.</summary>
internal sealed record RetryBegan : RunFact;

/// <summary>The model failed for good.</summary>
internal sealed record AnswerRefused(ModelException Cause) : RunFact;
