using System.Text.Json;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Tools.Functions;

namespace OpenCode.Actors.Sessions.Tools.Todos;

/// <summary>Gives the to-do list of the session to the model.</summary>
internal sealed class TodoReadTool : FunctionTool
{
    public const string Name = "todoread";

    public override bool ChangesFiles => false;

    public override ToolDefinition Definition { get; } = new(
        Name,
        "Gives the to-do list of this session as it is now.",
        JsonElement.Parse("""{ "type": "object", "properties": {} }"""));

    public override Task<ToolOutcome> RunAsync(ToolCall call, ToolContext context, CancellationToken cancellationToken) => Task.FromResult(TodoList.Outcome(context.Todos));

    protected override IReadOnlyList<ToolPermission> Needs(ToolInput input, ToolLocation location) => TodoList.Needs(Name);
}
