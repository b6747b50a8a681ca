using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Sessions.Agents;

namespace OpenCode.Actors.Server.Models;

/// <summary>Merges the configured agents into the built-in ones.</summary>
/// <remarks>The rules of an agent, weakest first: those before all others, a built-in agent's own, the configuration's, those that the configuration gives the agent. The last one that matches decides.</remarks>
internal static class AgentList
{
    /// <summary>Makes the agents.</summary>
    /// <param name="builtIn">The agents that come with the server.</param>
    /// <param name="config">What the configuration says.</param>
    /// <param name="home">The folder for <c>~</c> and <c>$HOME</c> at the start of a pattern.</param>
    public static LocationAgents Of(BuiltInAgents builtIn, OpenCodeConfig config, string home)
    {
        var ofAll = Rules(config.Permission, home);
        var agents = builtIn.All.ToDictionary(
            static agent => agent.Name, agent => agent with { Permission = [.. agent.Permission, .. ofAll] }, StringComparer.Ordinal);
        foreach (var given in config.Agents)
        {
            if (given.IsDisabled)
                agents.Remove(given.Name);
            else
                agents[given.Name] = Over(agents.GetValueOrDefault(given.Name) ?? new Agent(given.Name, AgentMode.All, [.. builtIn.Defaults, .. ofAll]), given, home);
        }

        var first = config.DefaultAgent ?? BuiltInAgents.Build;
        return new LocationAgents(
            [.. agents.Values.Select(agent => agent with { Permission = builtIn.Close(agent.Permission) }).OrderByDescending(agent => agent.Name == first).ThenBy(static agent => agent.Name, StringComparer.Ordinal)],
            first) { Compaction = config.Compaction };
    }

    private static Agent Over(Agent agent, AgentConfig given, string home) => agent with
    {
        Mode = given.Mode ?? agent.Mode,
        Permission = [.. agent.Permission, .. Rules(given.Permission, home)],
        Description = given.Description ?? agent.Description,
        Hidden = given.Hidden ?? agent.Hidden,
        Prompt = given.Prompt ?? agent.Prompt,
        Model = given.Model ?? agent.Model,
        Variant = given.Variant ?? agent.Variant,
        Temperature = given.Temperature ?? agent.Temperature,
        TopP = given.TopP ?? agent.TopP,
        Steps = given.Steps ?? agent.Steps,
        Color = given.Color ?? agent.Color,
        Options = given.Options,
    };

    private static IEnumerable<PermissionRule> Rules(IEnumerable<PermissionRule> rules, string home) => rules.Select(rule => rule with { Pattern = AtHome(rule.Pattern, home) });

    private static string AtHome(string pattern, string home) => pattern switch
    {
        "~" or "$HOME" => home,
        _ when pattern.StartsWith("~/", StringComparison.Ordinal) => home + pattern[1..],
        _ when pattern.StartsWith("$HOME/", StringComparison.Ordinal) => home + pattern["$HOME".Length..],
        _ => pattern,
    };
}
