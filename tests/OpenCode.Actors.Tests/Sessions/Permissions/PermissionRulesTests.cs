using System.Text.Json;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Permissions.Doors;

namespace OpenCode.Actors.Tests.Sessions.Permissions;

public sealed class PermissionRulesTests
{
    [Theory]
    [InlineData("git status", "git *", true)]
    [InlineData("git", "git *", true)]
    [InlineData("gitk", "git *", false)]
    [InlineData("rm -rf /", "rm *", true)]
    [InlineData("a/b/c.cs", "a/*.cs", true)]
    [InlineData("abc", "a?c", true)]
    [InlineData("ac", "a?c", false)]
    [InlineData("", "*", true)]
    [InlineData("x.y", "x+y", false)]
    [InlineData("aXbXc", "*X*X*", true)]
    [InlineData("anything", "", false)]
    public void A_pattern_fits_by_star_and_question_mark_alone(string text, string pattern, bool fits) =>
        Assert.Equal(fits, Wildcard.IsMatch(text, pattern));

    [Fact]
    public void A_hostile_pattern_does_not_take_for_ever() =>
        Assert.False(Wildcard.IsMatch(new string('a', 5_000), string.Concat(Enumerable.Repeat("a*", 200)) + "b"));

    [Fact]
    public void The_last_rule_that_fits_wins()
    {
        PermissionRule[] rules = [new("bash", "*", PermissionAction.Ask), new("bash", "git *", PermissionAction.Allow), new("bash", "git push *", PermissionAction.Deny)];

        Assert.Equal(PermissionAction.Ask, PermissionRules.Evaluate("bash", "ls", rules));
        Assert.Equal(PermissionAction.Allow, PermissionRules.Evaluate("bash", "git status", rules));
        Assert.Equal(PermissionAction.Deny, PermissionRules.Evaluate("bash", "git push origin", rules));
    }

    [Fact]
    public void A_later_set_goes_before_an_earlier_one_and_what_no_rule_names_is_allowed()
    {
        PermissionRule[] config = [new("bash", "*", PermissionAction.Ask)];
        PermissionRule[] learned = [new("bash", "echo *", PermissionAction.Allow)];

        Assert.Equal(PermissionAction.Allow, PermissionRules.Evaluate("bash", "echo x", config, learned));
        Assert.Equal(PermissionAction.Ask, PermissionRules.Evaluate("bash", "ls", config, learned));
        Assert.Equal(PermissionAction.Allow, PermissionRules.Evaluate("read", "x", config, learned));
    }

    [Fact]
    public void A_tool_is_denied_only_if_the_last_word_on_it_is_a_deny_for_everything()
    {
        Assert.True(PermissionRules.IsDenied("question", [new PermissionRule("question", "*", PermissionAction.Deny)]));
        Assert.False(PermissionRules.IsDenied("bash", [new PermissionRule("bash", "rm *", PermissionAction.Deny)]));
        Assert.False(PermissionRules.IsDenied("bash", [new PermissionRule("bash", "*", PermissionAction.Deny), new PermissionRule("bash", "ls *", PermissionAction.Allow)]));
    }

    [Theory]
    [InlineData("echo permitted", "echo permitted", "echo *")]
    [InlineData("  ls\t-l ", "ls\t-l", "ls *")]
    [InlineData("git log -1", "git log -1", "git log *")]
    public void A_command_is_asked_for_as_it_is_and_remembered_by_its_first_words(string command, string pattern, string always)
    {
        var wanted = Assert.Single(ToolPermission.Of(new ToolCall("c", "bash", JsonSerializer.SerializeToElement(new { command })), new ToolLocation("/p", "/p", new DiskPaths())));

        Assert.Equal(("bash", pattern, always), (wanted.Permission, wanted.Patterns[0], wanted.Always[0]));
        Assert.Equal(command, wanted.Metadata().GetProperty("command").GetString());
    }
}
