using System.Text.Json;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Shell;

namespace OpenCode.Actors.Tests.Sessions.ShellLines;

/// <summary>Lines of the greatest length that are judged, of kinds that once cost time or memory with the square of their length.</summary>
public sealed class LineCostTests
{
    // Of judging one line, on one thread; a unit that no slow machine changes.
    private const long MostBytes = 512L * 1024 * 1024;

    private static readonly PermissionRule[] _rules = [new("*", "*", PermissionAction.Allow), new("bash", "rm *", PermissionAction.Deny), new("external_directory", "/etc/*", PermissionAction.Deny)];
    private static readonly ToolLocation _location = new("/work", "/work", new ScriptedPaths());

    public static TheoryData<string, string, string, string> Shapes { get; } = new()
    {
        { "an unknown option and many words", "sudo --weird ", "ab ", "" },
        { "an opaque wrapper and many words", "parallel ", "ab ", "" },
        { "many paths outside", "rm ", "/a ", "" },
        { "many moves", "", "cd a;", "" },
        { "one deep path", "cat ", "/a", "" },
        { "a word of many pieces", "cat ", "'a'b", "" },
        { "open brackets", "", "[", "" },
        { "subscripts", "", "a[", "" },
        { "many commands", "", "a;", "" },
        { "many options of git", "git ", "-C a ", "status" },
        { "many wrappers", "", "env ", "rm x" },
        { "nested substitutions", "", "$(", "" },
        { "nested backticks", "", "`\\", "" },
        { "nested arithmetic", "", "((", "" },
        { "nested groups", "", "(", "" },
        { "substitutions in one command", "echo ", "$(a)", "" },
        { "a document of continued lines", "cat <<E\n", "ab\\\n", "\nE\n" },
        { "assignments", "", "a=b ", "c" },
        { "assignments of lists", "", "a=(b) ", "c" },
        { "braces", "echo ", "{a,", "" },
        { "redirections", "a ", ">/b ", "" },
        { "scripts of sed", "sed '", "s/a/e/;", "'" },
        { "text with commands in it", "FOO=$x $y ", "'$(rm x)' ", "" },
        { "words that are not known", "rm ", "$x ", "" },
        { "commands of find", "find . ", "-exec a ; ", "" },
        { "cases", "case x in ", "a) b;; ", "esac" },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_line_costs_by_its_length(string shape, string start, string repeated, string end)
    {
        var line = start + string.Concat(Enumerable.Repeat(repeated, (ShellLine.MostCharacters - start.Length - end.Length) / repeated.Length)) + end;
        var before = GC.GetAllocatedBytesForCurrentThread();

        foreach (var permission in ToolPermission.Of(new ToolCall("c", "bash", JsonSerializer.SerializeToElement(new { command = line })), _location))
            permission.Evaluate(_rules);

        var used = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(used < MostBytes, $"Judging {shape} took {used >> 20} MiB.");
    }

    [Fact]
    public void A_longer_line_is_not_read()
    {
        var line = "ls " + new string('a', ShellLine.MostCharacters);

        Assert.Null(ShellLine.Parse(line));
        Assert.Equal(PermissionAction.Ask, Assert.Single(ToolPermission.Of(new ToolCall("c", "bash", JsonSerializer.SerializeToElement(new { command = line })), _location)).Evaluate(_rules));
    }

    [Fact]
    public void Of_a_command_that_may_begin_anywhere_sixteen_beginnings_are_judged_and_the_rest_is_asked_about()
    {
        var words = string.Join(' ', Enumerable.Range(0, 15).Select(n => $"w{n}"));

        Assert.Equal(PermissionAction.Deny, Verdict($"parallel {words} rm x"));
        Assert.Equal(PermissionAction.Ask, Verdict($"parallel {words} v w rm x"));
    }

    private static PermissionAction Verdict(string line) =>
        ToolPermission.Of(new ToolCall("c", "bash", JsonSerializer.SerializeToElement(new { command = line })), _location).Aggregate(PermissionAction.Allow, (strictest, permission) => CommandPattern.Stricter(strictest, permission.Evaluate(_rules)));
}
