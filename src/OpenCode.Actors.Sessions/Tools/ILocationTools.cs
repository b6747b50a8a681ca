using Akka.Actor;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Sessions.Tools;

/// <summary>Tools that only some locations have. The interface keeps <see cref="Toolbox"/> independent of their origin.</summary>
internal interface ILocationTools
{
    /// <summary>Gets what the names of a location's tools begin with. Which there are may only be known when their server runs.</summary>
    IReadOnlyList<string> PrefixesOf(string directory);

    /// <summary>True if a tool may be one of those whose names begin so.</summary>
    bool MayHave(IReadOnlyList<string> prefixes, string tool);

    /// <summary>Lists the tools of a location.</summary>
    Task<IReadOnlyList<ToolDefinition>> ListAsync(string directory, CancellationToken cancellationToken);

    /// <summary>Makes the actor of one call, as <see cref="ITool.PropsFor"/>.</summary>
    Props PropsFor(ToolCall call, ToolContext context);
}
