using System.Text.Json;
using Akka.Actor;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Actors;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;

namespace OpenCode.Actors.Sessions.Tools.Tasks;

/// <summary>Runs a task with a subagent, in a child of the calling session.</summary>
internal sealed class TaskTool(IChildSessions children) : ITool
{
    public const string Name = "task";

    public bool ChangesFiles => true;

    public ToolDefinition Definition { get; } = new(
        Name,
        "Gives a task to a subagent, which works on it in a session of its own and tells you its result. It knows nothing of this conversation: put all that it needs into the prompt, and say what it shall tell you. "
        + "Several calls in one answer work at the same time. The user does not see the result: tell what matters of it.",
        JsonElement.Parse("""
            {
              "type": "object",
              "properties": {
                "description": { "type": "string", "description": "What the task is, in three to five words." },
                "prompt": { "type": "string", "description": "The task, whole." },
                "subagent_type": { "type": "string", "description": "The agent that does it." },
                "task_id": { "type": "string", "description": "The id of an earlier task, to go on with what its agent knows. A new one begins when it is left out." },
                "command": { "type": "string", "description": "The command that asked for the task, if one did." }
              },
              "required": ["description", "prompt", "subagent_type"]
            }
            """));

    public ValueTask<ToolDefinition> DescribeAsync(ToolScope scope, CancellationToken cancellationToken)
    {
        var agents = children.AgentsOf(scope.Directory)
            .Where(agent => PermissionRules.Evaluate(Name, agent.Name, scope.Rules) != PermissionAction.Deny)
            .Select(static agent => $"\n- {agent.Name}: {agent.Description ?? "An agent of this project; the user knows what for."}");
        return new(Definition with { Description = $"{Definition.Description}\nAgents:{string.Concat(agents)}" });
    }

    public IReadOnlyList<ToolPermission> NeedsOf(ToolCall call, ToolLocation location)
    {
        try
        {
            var input = TaskInput.Read(call.Input);
            return [new ToolPermission(Name, [input.Agent], ["*"], () => JsonSerializer.SerializeToElement(new TaskQuestion(input.Description, input.Agent), TaskJson.Default.TaskQuestion))];
        }
        catch (ToolRefusedException)
        {
            return ToolPermission.Of(call, location); // The call ends with this mistake when it runs.
        }
    }

    public Props PropsFor(ToolCall call, ToolContext context) => Props.CreateBy(new ActorProducer<TaskToolActor>(() => new TaskToolActor(call, context, children)));
}
