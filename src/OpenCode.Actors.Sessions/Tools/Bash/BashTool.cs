using System.Text.Json;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Tools.Outputs;

namespace OpenCode.Actors.Sessions.Tools.Bash;

/// <summary>Runs a command.</summary>
internal sealed class BashTool(IProcessHost processes, IOutputFolder outputs, BashOptions options, ILogger<BashToolActor> logger) : ITool
{
    public const string Name = "bash";

    /// <summary>Gets the description for the model.</summary>
    public bool ChangesFiles => true;

    public ToolDefinition Definition { get; } = new(
        Name,
        "Runs a command line in a shell, in the directory of the session, and gives back what it wrote to stdout and stderr and how it ended. "
        + "It has no terminal and no input. What it starts in the background goes on when it has ended, until the session is deleted or the server stops: send its output to a file. "
        + "Of long output you get the end, 2,000 lines and 30,000 characters at most, and the path of a file with all of it. Use workdir instead of cd, and read, edit, write, glob and grep for files instead of commands.",
        JsonElement.Parse("""
            {
              "type": "object",
              "properties": {
                "command": { "type": "string", "description": "The command line." },
                "timeout": { "type": "number", "description": "Milliseconds after which it is ended; 120000 when left out, 600000 at most." },
                "workdir": { "type": "string", "description": "The folder to run it in; the directory of the session when left out." },
                "description": { "type": "string", "description": "What it does, in five to ten words, for the user to read." }
              },
              "required": ["command"]
            }
            """));

    /// <inheritdoc/>
    /// <remarks>A call with a mistake runs nothing and ends with it: nothing is asked.</remarks>
    public IReadOnlyList<ToolPermission> NeedsOf(ToolCall call, ToolLocation location) => BashInput.Read(call.Input, out _) is null ? [] : ToolPermission.Of(call, location);

    public Props PropsFor(ToolCall call, ToolContext context) => BashToolActor.PropsFor(call, context, processes, outputs, options, logger);
}
