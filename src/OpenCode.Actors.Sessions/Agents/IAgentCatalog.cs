namespace OpenCode.Actors.Sessions.Agents;

/// <summary>The agents there are. Asked at each decision, so that a changed configuration holds for the next tool call.</summary>
internal interface IAgentCatalog
{
    /// <summary>Returns the agents of a location. Must not block for long: it is asked by actors.</summary>
    /// <param name="directory">The location.</param>
    LocationAgents For(string directory);
}
