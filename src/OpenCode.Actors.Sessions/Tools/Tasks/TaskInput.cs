using System.Text.Json;

namespace OpenCode.Actors.Sessions.Tools.Tasks;

/// <summary>The input of <c>task</c>.</summary>
/// <param name="Description">Its subject, in a few words.</param>
/// <param name="Prompt">The prompt of the child.</param>
/// <param name="Agent">The agent of the child.</param>
/// <param name="TaskId">The child of an earlier call, which goes on; null for a new one.</param>
internal sealed record TaskInput(string Description, string Prompt, string Agent, string? TaskId)
{
    /// <summary>Reads the input that a model wrote.</summary>
    /// <exception cref="ToolRefusedException">It is not as described.</exception>
    public static TaskInput Read(JsonElement json)
    {
        var input = new ToolInput(TaskTool.Name, json);
        return new TaskInput(input.TextOrEmpty("description"), input.Text("prompt"), input.Text("subagent_type"), input.OptionalText("task_id"));
    }
}
