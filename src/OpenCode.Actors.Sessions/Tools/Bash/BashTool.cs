using System.Text.Json;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;

namespace OpenCode.Actors.Sessions.Tools.Bash;

/// <summary>Runs a command.</summary>
internal sealed class BashTool(IProcessHost processes, BashOptions options, ILogger<BashToolActor> logger) : ITool
{
    public const string Name = "bash";

    /// <summary>Gets the description for the model.</summary>
    public ToolDefinition Definition { get; } = new(
        Name,
        "Runs a command line in a shell, in the directory of the session, and gives back what it wrote to stdout and stderr and how it ended. "
        + "It has no terminal and no input. Nothing it starts outlives it. Long output is cut after 30,000 characters.",
        JsonElement.Parse("""
            {
              "type": "object",
              "properties": {
                "command": { "type": "string", "description": "The command line." },
                "timeout": { "type": "number", "description": "Milliseconds after which it is ended; 120000 when left out, 600000 at most." },
                "description": { "type": "string", "description": "What it does, in five to ten words, for the user to read." }
              },
              "required": ["command"]
            }
            """));

    public IReadOnlyList<ToolPermission> NeedsOf(ToolCall call, ToolLocation location) => ToolPermission.Of(call, location);

    public Props PropsFor(ToolCall call, ToolContext context) => BashToolActor.PropsFor(call, context, processes, options, logger);
}
