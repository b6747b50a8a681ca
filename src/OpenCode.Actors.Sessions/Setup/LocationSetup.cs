using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Sessions.Setup;

/// <summary>What the configuration of a location said when it was looked at: one decision rests on one of it, whatever is written into the files meanwhile.</summary>
/// <param name="Agents">The agents with their rules.</param>
/// <param name="Models">The models.</param>
/// <param name="ToolPrefixes">What the names of the tools of its servers begin with.</param>
internal sealed record LocationSetup(LocationAgents Agents, IModelCatalog Models, IReadOnlyList<string> ToolPrefixes);
