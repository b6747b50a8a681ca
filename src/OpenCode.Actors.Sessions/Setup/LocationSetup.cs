using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Sessions.Setup;

/// <summary>The configuration of a location at one moment: a decision uses one of it, even if the files change meanwhile.</summary>
/// <param name="Agents">The agents with their rules.</param>
/// <param name="Models">The models.</param>
/// <param name="ToolPrefixes">What the names of the tools of its servers begin with.</param>
internal sealed record LocationSetup(LocationAgents Agents, IModelCatalog Models, IReadOnlyList<string> ToolPrefixes);
