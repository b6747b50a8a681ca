using OpenCode.Actors.Protocol.Permissions;

namespace OpenCode.Actors.Sessions.Agents;

/// <summary>The agents that every location has, before a configuration changes them. Names, modes and rules are opencode's.</summary>
/// <param name="toolOutput">The folder of outputs that were too long for the model: its files may be read from every location.</param>
internal sealed class BuiltInAgents(string toolOutput)
{
    /// <summary>The agent of prompts that name none.</summary>
    public const string Build = "build";

    /// <summary>Gets the built-in agents' modes, and which are hidden.</summary>
    public static IReadOnlyDictionary<string, (AgentMode Mode, bool IsHidden)> Modes { get; } =
        new BuiltInAgents("/").All.ToDictionary(static agent => agent.Name, static agent => (agent.Mode, agent.Hidden == true), StringComparer.Ordinal);

    private const string Everything = "*";
    private const string External = "external_directory";
    private const string Question = "question";
    private const string Edit = "edit";
    private const string Web = "webfetch";

    // The tool adds this to the URL of a page on this machine or in a private network. opencode has no such rule.
    private const string Private = "private:*";

    private readonly PermissionRule _readsToolOutput = Allow(External, Path.Combine(toolOutput, Everything));

    /// <summary>Gets the agents, each with the rules that are before those of the configuration.</summary>
    public IReadOnlyList<Agent> All => field ??=
    [
        Native(Build, AgentMode.Primary, "Works on the project with all tools.", Allow(Question), Allow("plan_enter")),
        Native(
            "plan", AgentMode.Primary, "Reads and plans. It changes no file but its plan.",
            Allow(Question), Allow("plan_exit"), Deny("task", "general"), Deny(Edit), Allow(Edit, ".opencode/plans/*.md")),
        Native("general", AgentMode.Subagent, "Does a task of several steps by itself. Several of them can work at the same time.", Deny("todowrite")),
        Native(
            "explore", AgentMode.Subagent,
            "Searches the code base and reads it, and changes nothing: finds files by name, searches their text, answers questions about the code. Say how thorough it shall be: quick, medium or very thorough.",
            [
                Deny(Everything), Allow("grep"), Allow("glob"), Allow("list"), Allow("bash"), Allow(Web), Ask(Web, Private), Allow("websearch"), Allow("read"),
                Ask(External), _readsToolOutput,
            ]) with { Prompt = AgentPrompts.Explore },
        Hidden("compaction", AgentPrompts.Compaction),
        Hidden("title", AgentPrompts.Title) with { Temperature = 0.5 },
        Hidden("summary", AgentPrompts.Summary),
    ];

    /// <summary>Gets the rules that are before all others.</summary>
    public IReadOnlyList<PermissionRule> Defaults => field ??=
    [
        Allow(Everything), Ask("doom_loop"), Ask(External), _readsToolOutput, Deny(Question), Deny("plan_enter"), Deny("plan_exit"),
        Ask(Web, Private), Allow("read"), Ask("read", "*.env"), Ask("read", "*.env.*"), Allow("read", "*.env.example"),
    ];

    /// <summary>Closes the rules of an agent: outputs stay readable, unless the rules forbid that very pattern.</summary>
    public IReadOnlyList<PermissionRule> Close(IEnumerable<PermissionRule> rules)
    {
        var all = rules.ToList();
        if (!all.Contains(_readsToolOutput with { Action = PermissionAction.Deny }))
            all.Add(_readsToolOutput);
        return all;
    }

    /// <summary>Makes the agents of a location whose configuration has rules, and no agents of its own.</summary>
    public LocationAgents With(IReadOnlyList<PermissionRule> rules) =>
        new([.. All.Select(agent => agent with { Permission = Close([.. agent.Permission, .. rules]) })], Build);

    private static PermissionRule Allow(string permission, string pattern = Everything) => new(permission, pattern, PermissionAction.Allow);

    private static PermissionRule Ask(string permission, string pattern = Everything) => new(permission, pattern, PermissionAction.Ask);

    private static PermissionRule Deny(string permission, string pattern = Everything) => new(permission, pattern, PermissionAction.Deny);

    private Agent Native(string name, AgentMode mode, string? description, params ReadOnlySpan<PermissionRule> own) =>
        new(name, mode, [.. Defaults, .. own]) { Description = description, IsNative = true };

    private Agent Hidden(string name, string prompt) => Native(name, AgentMode.Primary, null, Deny(Everything)) with { Hidden = true, Prompt = prompt };
}
