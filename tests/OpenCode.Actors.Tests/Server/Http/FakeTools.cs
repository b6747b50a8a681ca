using Akka.Actor;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Tests.Server.Http;

/// <summary>No tools at all.</summary>
internal sealed class FakeTools : IToolbox, IProcessHost
{
    public IReadOnlyList<ToolDefinition> Definitions => [];

    public Props? PropsFor(ToolCall call, ToolContext context) => null;

    public ValueTask<IToolProcess> StartAsync(ToolProcessSpec spec, CancellationToken cancellationToken) => throw new NotSupportedException("Tests of HTTP start no process.");

    public void KillLeftover(ProcessMark mark)
    {
    }

    public void KillAll()
    {
    }
}
