using System.Text.Json;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Tools.Functions;

namespace OpenCode.Actors.Sessions.Tools.Todos;

/// <summary>The to-do list as text for a model.</summary>
internal static class TodoList
{
    /// <summary>Returns the permission that a tool of the list needs.</summary>
    public static IReadOnlyList<ToolPermission> Needs(string tool) => [new ToolPermission(tool, ["*"], ["*"], ToolPermission.Nothing)];

    /// <summary>Makes the outcome of a call: the list as JSON, and how many of it are left.</summary>
    public static ToolOutcome Outcome(IReadOnlyList<Todo> todos)
    {
        var left = todos.Count(static todo => todo.Status is not ("completed" or "cancelled"));
        return new ToolOutcome(
            $"{left} todos",
            JsonSerializer.Serialize(todos, TodoJson.Default.IReadOnlyListTodo),
            JsonSerializer.SerializeToElement(new TodoMetadata(todos, Truncated: false), TodoJson.Default.TodoMetadata));
    }
}
