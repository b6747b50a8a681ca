using Akka.Actor;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Tests.Sessions.Tools.Tasks;

/// <summary>The tool <c>bash</c> that the test plays.</summary>
internal sealed class ScriptedBash(ScriptedTools tools) : ITool
{
    public ToolDefinition Definition => tools.Definitions[0];

    public bool ChangesFiles => true;

    public IReadOnlyList<ToolPermission> NeedsOf(ToolCall call, ToolLocation location) => ToolPermission.Of(call, location);

    public Props PropsFor(ToolCall call, ToolContext context) => tools.PropsFor(call, context)!;
}
