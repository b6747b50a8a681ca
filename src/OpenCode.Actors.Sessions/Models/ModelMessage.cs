namespace OpenCode.Actors.Sessions.Models;

/// <summary>One message of the conversation that a model is given.</summary>
public abstract record ModelMessage;

/// <summary>What the user wrote.</summary>
/// <param name="Text">The text parts of the message, joined.</param>
public sealed record UserMessageText(string Text) : ModelMessage;

/// <summary>What the model answered in one earlier step.</summary>
/// <param name="Text">Its text; empty when it only called tools.</param>
/// <param name="Reasoning">Its reasoning; empty when it showed none.</param>
/// <param name="Calls">The tools it called for, in its order.</param>
public sealed record AssistantTurn(string Text, string Reasoning, IReadOnlyList<ToolCall> Calls) : ModelMessage;

/// <summary>What came of one tool call.</summary>
/// <param name="CallId">The call's name.</param>
/// <param name="ToolName">The tool that was called.</param>
/// <param name="Output">Its output, or the reason why there is none.</param>
/// <param name="IsError">Whether the tool failed, was refused or was aborted.</param>
public sealed record ToolResult(string CallId, string ToolName, string Output, bool IsError) : ModelMessage;
