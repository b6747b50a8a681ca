using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Permissions;

namespace OpenCode.Actors.Tests.Sessions.Tools.Tasks;

/// <summary>A child lifts no restriction of its parent (rule "Restrictions fail closed").</summary>
public sealed class ChildRulesTests
{
    private static readonly string[] _permissions = ["bash", "read", "glob", "edit", "task", "webfetch", "toy_*"];
    private static readonly PermissionRule _tasks = new("task", "*", PermissionAction.Allow);
    private static readonly Agent _mine = new("mine", AgentMode.Subagent, [_tasks]);

    [Fact]
    public void What_the_session_of_the_parent_is_denied_is_denied_and_what_it_is_allowed_is_not_handed_on()
    {
        PermissionRule bash = Deny("bash", "rm *"), asks = Ask("external_directory");

        Assert.Equal([Deny("edit"), bash, asks], Rules(_mine, [Deny("edit"), _tasks], [bash, _tasks, asks]));
    }

    [Fact]
    public void A_child_is_denied_everything_that_the_agent_of_its_parent_is_not_allowed()
    {
        var rules = Rules(_mine, [Deny("*"), _tasks, Allow("edit", "docs/*"), Allow("read"), Deny("read", "*.env"), Allow("glob")]);

        Assert.Equal(
            [Deny("bash"), Deny("read", "*.env"), Deny("edit"), Deny("webfetch"), Deny("toy_*"), Deny("external_directory"), Deny("question")],
            rules);
    }

    [Fact]
    public void A_child_may_do_what_the_agent_of_its_parent_would_have_to_ask_about() => Assert.Empty(Rules(_mine, [Ask("*"), _tasks]));

    [Theory]
    [InlineData("bash", "rm x")]
    [InlineData("read", "a/.env")]
    [InlineData("edit", "a.txt")]
    [InlineData("webfetch", "https://x")]
    [InlineData("external_directory", "/etc/*")]
    [InlineData("doom_loop", "bash")]
    [InlineData("question", "*")]
    [InlineData("toy_echo", "*")]
    [InlineData("task", "general")]
    [InlineData("of_later", "*")]
    public void Whatever_the_agent_of_a_parent_is_denied_by_its_name_by_a_wildcard_or_by_a_pattern_is_denied(string permission, string pattern)
    {
        PermissionRule[][] denials = [[Deny("*")], [Deny(permission)], [Deny(permission, pattern)], [Deny(permission[..2] + "*")], [Allow("*"), Allow(permission), Deny(permission, pattern), Ask("other")]];

        foreach (var rules in denials.Where(rules => permission != "of_later" || rules[0].Permission != "*"))
        {
            var child = new Agent("mine", AgentMode.Subagent, [Allow("*"), Allow(permission), _tasks]);
            Assert.Equal(PermissionAction.Deny, PermissionRules.Evaluate(permission, pattern, child.Permission, Rules(child, rules)));
        }
    }

    [Fact]
    public void What_the_agent_of_the_child_is_denied_anyway_needs_no_rule()
    {
        var builtIn = new BuiltInAgents("/data/tool-output").With([]).All;

        Assert.Equal([Deny("task")], Rules(Find("general"), Find("build").Permission));
        Assert.Equal([Deny("edit"), Deny("task", "general"), Deny("task")], Rules(Find("general"), Find("plan").Permission));

        Agent Find(string name) => builtIn.First(agent => agent.Name == name);
    }

    private static IReadOnlyList<PermissionRule> Rules(Agent agent, params IReadOnlyList<PermissionRule>[] parent) => ChildSessions.RulesOf(agent, parent, _permissions);

    private static PermissionRule Allow(string permission, string pattern = "*") => new(permission, pattern, PermissionAction.Allow);

    private static PermissionRule Ask(string permission, string pattern = "*") => new(permission, pattern, PermissionAction.Ask);

    private static PermissionRule Deny(string permission, string pattern = "*") => new(permission, pattern, PermissionAction.Deny);
}
