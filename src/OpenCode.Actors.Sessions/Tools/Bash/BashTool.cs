using System.Text.Json;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Sessions.Tools.Bash;

/// <summary>The bash tool as a model sees it.</summary>
internal static class BashTool
{
    public const string Name = "bash";

    /// <summary>Gets the description for the model.</summary>
    public static ToolDefinition Definition { get; } = new(
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
}
