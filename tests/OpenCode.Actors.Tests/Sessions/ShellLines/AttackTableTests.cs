using System.Globalization;
using System.Text.Json;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;

namespace OpenCode.Actors.Tests.Sessions.ShellLines;

/// <summary>Lines that try to run what the rules forbid, and lines that do not: <c>attacks.json</c> has the rules, the line and the verdict, what opencode says (OpenCodeVerdictsTests plays it), and for some what is asked and what an answer "always" allows.</summary>
public sealed class AttackTableTests
{
    private static readonly ToolLocation _location = new("/work", "/work", new ScriptedPaths());

    public static TheoryData<string> Rows { get; } = [.. Table().Select((row, index) => $"{index}: {row.GetProperty("line").GetString()}")];

    [Fact]
    public void The_table_has_each_form_for_allow_ask_deny_and_always()
    {
        Assert.True(Table().Count >= 60);
        Assert.Equal(["allow", "ask", "deny"], Table().Select(row => row.GetProperty("verdict").GetString()).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Opencode_is_nowhere_stricter()
    {
        string[] strictness = ["allow", "ask", "deny"];
        Assert.DoesNotContain(Table(), row => Array.IndexOf(strictness, row.GetProperty("real").GetString()) > Array.IndexOf(strictness, row.GetProperty("verdict").GetString()));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_line_is_judged_command_by_command(string name)
    {
        var row = Table()[int.Parse(name.Split(':')[0], CultureInfo.InvariantCulture)];
        PermissionRule[] rules = [.. row.GetProperty("bash").EnumerateObject().Select(rule => new PermissionRule("bash", rule.Name, Enum.Parse<PermissionAction>(rule.Value.GetString()!, ignoreCase: true)))];
        var wanted = Wanted(row.GetProperty("line").GetString()!);

        Assert.Equal(row.GetProperty("verdict").GetString(), Verdict(wanted, rules).ToString().ToLowerInvariant());
        if (row.TryGetProperty("asks", out var asks))
            Assert.Equal(asks.EnumerateArray().Select(text => text.GetString()!), Assert.Single(wanted).Patterns);
        if (row.TryGetProperty("always", out var always))
            Assert.Equal(always.EnumerateArray().Select(text => text.GetString()!), Assert.Single(wanted).AlwaysBeyond([rules]));
    }

    [Theory]
    [InlineData("./cd")]
    [InlineData("bin/export x")]
    [InlineData("cd . > important")]
    [InlineData("export -p > .git/hooks/x")]
    public void What_is_named_like_a_builtin_or_writes_a_file_is_not_free(string line) =>
        Assert.Equal(PermissionAction.Ask, Verdict(Wanted(line), [new PermissionRule("bash", "*", PermissionAction.Ask)]));

    private static List<ToolPermission> Wanted(string line) =>
        [.. ToolPermission.Of(new ToolCall("c", "bash", JsonSerializer.SerializeToElement(new { command = line })), _location).Where(static permission => permission.Permission == "bash")];

    private static PermissionAction Verdict(IEnumerable<ToolPermission> wanted, IReadOnlyList<PermissionRule> rules) =>
        wanted.Aggregate(PermissionAction.Allow, (strictest, permission) => CommandPattern.Stricter(strictest, permission.Evaluate(rules)));

    private static List<JsonElement> Table() => [.. JsonElement.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Sessions", "ShellLines", "attacks.json"))).EnumerateArray()];
}
