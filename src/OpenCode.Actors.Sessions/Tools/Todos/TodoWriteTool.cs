using System.Text.Json;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Tools.Functions;

namespace OpenCode.Actors.Sessions.Tools.Todos;

/// <summary>Replaces the to-do list of the session.</summary>
internal sealed class TodoWriteTool : FunctionTool
{
    public const string Name = "todowrite";

    public override bool ChangesFiles => false;

    public override ToolDefinition Definition { get; } = new(
        Name,
        "Replaces the to-do list of this session, which the user sees. Use it for work of several steps: list the steps before you begin, keep one of them in_progress, and set each to completed as soon as it is done. Give the whole list each time.",
        JsonElement.Parse("""
            {
              "type": "object",
              "properties": {
                "todos": {
                  "type": "array",
                  "description": "The whole list, in the order of the work.",
                  "items": {
                    "type": "object",
                    "properties": {
                      "content": { "type": "string", "description": "What is to be done, in a few words." },
                      "status": { "type": "string", "description": "pending, in_progress, completed or cancelled." },
                      "priority": { "type": "string", "description": "high, medium or low." }
                    },
                    "required": ["content", "status", "priority"]
                  }
                }
              },
              "required": ["todos"]
            }
            """));

    public override Task<ToolOutcome> RunAsync(ToolCall call, ToolContext context, CancellationToken cancellationToken)
    {
        var todos = Read(call.Input);
        return Task.FromResult(TodoList.Outcome(todos) with { Todos = todos });
    }

    protected override IReadOnlyList<ToolPermission> Needs(ToolInput input, ToolLocation location) => TodoList.Needs(Name);

    private static IReadOnlyList<Todo> Read(JsonElement input)
    {
        try
        {
            return input.Deserialize(TodoJson.Default.TodoInput)!.Todos;
        }
        catch (JsonException e)
        {
            throw new ToolRefusedException($"The input of '{Name}' is not as described: {e.Message} Call it again with the right input.", e);
        }
    }
}
