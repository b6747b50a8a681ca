using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Bash;

namespace OpenCode.Actors.Sessions;

/// <summary>The built-in tools. <c>question</c> is not among them: it is state of the session, and runs nowhere.</summary>
internal sealed class BuiltInToolbox(IProcessHost processes, BashOptions bash, ILogger<BashToolActor> logger) : IToolbox
{
    public IReadOnlyList<ToolDefinition> Definitions { get; } = [BashTool.Definition];

    public Props? PropsFor(ToolCall call, ToolContext context) =>
        call.Name == BashTool.Name ? BashToolActor.PropsFor(call, context, processes, bash, logger) : null;
}
