namespace OpenCode.Actors.Sessions.Agents;

/// <summary>The agents of each location. Read at each decision, so that a changed configuration holds for the next tool call.</summary>
internal interface IAgentCatalog
{
    /// <summary>Returns the agents of a location. Must not block for long: actors call it.</summary>
    /// <param name="directory">The location.</param>
    LocationAgents For(string directory);
}
