using OpenCode.Actors.Sessions.Agents;

namespace OpenCode.Actors.Server.Config;

/// <summary>Finds the keys that name agents that cannot be used.</summary>
internal static class AgentMistakes
{
    /// <summary>Finds them all.</summary>
    /// <param name="config">All layers, merged and read.</param>
    /// <param name="layers">The layers, lowest first.</param>
    public static IEnumerable<ConfigMistake> Find(OpenCodeConfig config, IReadOnlyList<ConfigLayer> layers)
    {
        if (config.DefaultAgent is not { } name)
        {
            if (config.Agents.Any(static agent => agent is { Name: BuiltInAgents.Build, IsDisabled: true }))
                yield return Mistake("agent.build.disable", "the agent build is the default: name another one in default_agent, or leave it there.", "agent", BuiltInAgents.Build, "disable");

            yield break;
        }

        var configured = config.Agents.LastOrDefault(agent => agent.Name == name);
        var builtIn = BuiltInAgents.Modes.TryGetValue(name, out var native);
        if (configured?.IsDisabled == true || (configured is null && !builtIn))
            yield return Mistake("default_agent", $"there is no agent '{name}': name one that exists, or leave the key out.", "default_agent");
        else if ((configured?.Mode ?? (builtIn ? native.Mode : AgentMode.All)) == AgentMode.Subagent)
            yield return Mistake("default_agent", $"'{name}' is a subagent, and only other agents call it: name another one.", "default_agent");
        else if (configured?.Hidden ?? (builtIn && native.IsHidden))
            yield return Mistake("default_agent", $"'{name}' is hidden: name another one.", "default_agent");

        ConfigMistake Mistake(string key, string message, params string[] parts) => new(ModelMistakes.SourceOf(parts, layers), key, message);
    }
}
