using System.Text.Json;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Sessions.Runs;

/// <summary>Something that happened in a run. Reports hold these, and the reports of tools as they came.</summary>
internal abstract record RunFact;

/// <summary>The model has begun to answer: the first chunk of a try is there.</summary>
/// <param name="Snapshot">The snapshot of the files; null when none was taken.</param>
internal sealed record AnswerBegan(string? Snapshot = null) : RunFact;

/// <summary>The snapshot before the step is taken. Not reported when the answer begins: <see cref="AnswerBegan"/> has it then. Another one is taken before the first tool, if time has passed.</summary>
internal sealed record StepSnapshotTaken(string Snapshot) : RunFact;

/// <summary>The model streamed text or reasoning.</summary>
internal sealed record TextStreamed(bool IsReasoning, string Text) : RunFact;

/// <summary>The last block of reasoning is complete; its text may be hidden.</summary>
/// <param name="Metadata">The provider's metadata, which goes back with it.</param>
internal sealed record ReasoningClosed(JsonElement Metadata) : RunFact;

/// <summary>The model calls a tool.</summary>
internal sealed record ToolCalled(ToolCall Call) : RunFact;

/// <summary>The model's answer is complete.</summary>
internal sealed record AnswerEnded(FinishReason Reason, TokenUsage Usage) : RunFact;

/// <summary>The model's stream broke. Never reported: the run tries again, or reports the outcome.</summary>
internal sealed record AnswerBroken(Exception Cause) : RunFact;

/// <summary>The model failed; another try is scheduled.</summary>
/// <param name="Attempt">How many tries have failed.</param>
/// <param name="Message">Why the last one did.</param>
/// <param name="Next">When it is tried again, in milliseconds of the epoch.</param>
internal sealed record RetryPlanned(int Attempt, string Message, long Next) : RunFact;

/// <summary>Another try begins.</summary>
internal sealed record RetryBegan : RunFact;

/// <summary>The model failed for good.</summary>
internal sealed record AnswerRefused(ModelException Cause) : RunFact;
