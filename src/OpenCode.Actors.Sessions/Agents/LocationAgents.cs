namespace OpenCode.Actors.Sessions.Agents;

/// <summary>The agents of one location at one moment.</summary>
/// <param name="All">In the order in which clients list them: the default one first, then by name.</param>
/// <param name="Default">The agent of a prompt that names none.</param>
internal sealed record LocationAgents(IReadOnlyList<Agent> All, string Default)
{
    /// <summary>Gets why the configuration that these agents are from cannot be used; null when it can. Prompts are refused with it, and no tool runs (rule "Restrictions fail closed").</summary>
    public string? Fault { get; init; }

    /// <summary>Gets how conversations are kept short.</summary>
    public CompactionRules Compaction { get; init; } = CompactionRules.Default;

    /// <summary>Finds an agent; null when there is none of that name.</summary>
    public Agent? Find(string name) => All.FirstOrDefault(agent => agent.Name == name);
}
