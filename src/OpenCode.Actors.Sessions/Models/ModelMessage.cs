namespace OpenCode.Actors.Sessions.Models;

/// <summary>One message of the conversation in a model's request.</summary>
public abstract record ModelMessage;

/// <summary>A message of the user.</summary>
/// <param name="Content">Texts and files, in the order of the message; at least one.</param>
public sealed record UserTurn(IReadOnlyList<UserContent> Content) : ModelMessage
{
    /// <summary>Makes a message of one text.</summary>
    /// <param name="text">The text.</param>
    public UserTurn(string text)
        : this([new TextContent(text)])
    {
    }

    /// <summary>Gets the texts, a line each; what the files hold is not among them.</summary>
    public string Text => string.Join('\n', Content.OfType<TextContent>().Select(static content => content.Text));
}

/// <summary>The model's answer of one earlier step.</summary>
/// <param name="Text">Its text; empty when it only called tools.</param>
/// <param name="Reasoning">Its reasoning, a block each; empty when it showed none. Blocks with metadata go back to the model that made them, as they are.</param>
/// <param name="Calls">The tools it called for, in its order.</param>
public sealed record AssistantTurn(string Text, IReadOnlyList<ReasoningBlock> Reasoning, IReadOnlyList<ToolCall> Calls) : ModelMessage;

/// <summary>The result of one tool call.</summary>
/// <param name="CallId">The call's name.</param>
/// <param name="ToolName">The tool that was called.</param>
/// <param name="Output">Its output, or the reason why there is none.</param>
/// <param name="IsError">Whether the tool failed, was refused or was aborted.</param>
public sealed record ToolResult(string CallId, string ToolName, string Output, bool IsError) : ModelMessage
{
    /// <summary>Gets the files that came with the output: images that the tool read. A model that takes none gets a line about each instead.</summary>
    public IReadOnlyList<FileContent> Files { get; init; } = [];
}
