using System.Text.Json;

namespace OpenCode.Actors.Sessions.Models;

/// <summary>A model's request for one step of a conversation.</summary>
/// <param name="ModelId">The model's id at its provider.</param>
/// <param name="System">Instructions that are before the conversation, or none.</param>
/// <param name="Messages">The conversation, oldest first. Each <see cref="ToolResult"/> follows the <see cref="AssistantTurn"/> that called for it.</param>
/// <param name="Tools">The tools that the model may call; may be empty.</param>
public sealed record ModelRequest(string ModelId, string? System, IReadOnlyList<ModelMessage> Messages, IReadOnlyList<ToolDefinition> Tools)
{
    /// <summary>Gets how the model is to answer.</summary>
    public StepOptions Options { get; init; } = StepOptions.Default;
}

/// <summary>A tool as a model sees it.</summary>
/// <param name="Name">Its name for the model.</param>
/// <param name="Description">What it does and when to use it, for the model to read.</param>
/// <param name="InputSchema">JSON schema of its input, an object schema.</param>
public sealed record ToolDefinition(string Name, string Description, JsonElement InputSchema);

/// <summary>A model's call of a tool.</summary>
/// <param name="CallId">Names the call; its <see cref="ToolResult"/> carries the same.</param>
/// <param name="Name">The tool's name, as the model wrote it: it may be one that does not exist.</param>
/// <param name="Input">The input, as the model wrote it: it may break the tool's schema.</param>
public sealed record ToolCall(string CallId, string Name, JsonElement Input);
