using Akka.Actor;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Sessions.Tools;

/// <summary>Tools that only some locations have. The interface keeps <see cref="Toolbox"/> independent of their origin.</summary>
internal interface ILocationTools
{
    /// <summary>True if a location may have a tool, by its name: what there is may only be known when its server runs.</summary>
    bool MayHave(string directory, string tool);

    /// <summary>Lists the tools of a location.</summary>
    Task<IReadOnlyList<ToolDefinition>> ListAsync(string directory, CancellationToken cancellationToken);

    /// <summary>Makes the actor of one call, as <see cref="ITool.PropsFor"/>.</summary>
    Props PropsFor(ToolCall call, ToolContext context);
}
