using System.Text.Json;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Tests.Sessions.Tools;

/// <summary>What a search finds, leaves out, and says of what it leaves out.</summary>
public sealed class SearchToolsTests : FileToolsKit
{
    [Fact]
    public async Task A_search_leaves_out_what_git_does_what_is_behind_links_and_what_may_not_be_read()
    {
        Files["/proj/.gitignore"] = "*.log\n/app/out/\n";
        Files["/proj/app/x.log"] = "two";
        Files["/proj/app/out/o.txt"] = "two";
        Files["/proj/app/.git/config"] = "two";
        Files["/proj/app/.env"] = "two";
        Files.Links["/proj/app/link"] = "/etc";
        Files["/proj/app/secret/s.txt"] = "two";
        Rules = new RulesInForce([[new PermissionRule("read", "*.env", PermissionAction.Ask), new PermissionRule("read", "/proj/app/secret/*", PermissionAction.Deny)]], []);

        var found = await RunAsync("glob", """{"pattern":"**"}""");
        var lines = await RunAsync("grep", """{"pattern":"t[w]o"}""");

        Assert.Equal("/proj/app/secret/s.txt\n/proj/app/.env\n/proj/app/a.txt", found.Output); // Newest first.
        Assert.Equal("/proj/app/a.txt:\n  2: two\n", lines.Output);
        Assert.Equal(1, lines.Metadata.GetProperty("matches").GetInt32());

        // What read may do for always, grep may too; and no more.
        Rules = Rules with { Learned = [[new PermissionRule("read", "*", PermissionAction.Allow)]] };
        Assert.Equal("/proj/app/.env:\n  1: two\n\n/proj/app/a.txt:\n  2: two\n", (await RunAsync("grep", """{"pattern":"t[w]o"}""")).Output);
    }

    [Fact]
    public async Task A_search_says_when_there_is_more()
    {
        for (var i = 0; i < 150; i++)
            Files[$"/proj/app/many/{i}.c"] = "x\r\nhit\r\n";

        var found = await RunAsync("glob", """{"pattern":"*.c"}""");
        var lines = await RunAsync("grep", """{"pattern":"^hit$","include":"*.{c,h}"}""");

        Assert.Equal((100, true), (found.Metadata.GetProperty("count").GetInt32(), found.Metadata.GetProperty("truncated").GetBoolean()));
        Assert.Contains("100 of 150", found.Output, StringComparison.Ordinal);
        Assert.Equal((100, true), (lines.Metadata.GetProperty("matches").GetInt32(), lines.Metadata.GetProperty("truncated").GetBoolean()));
        Assert.StartsWith("/proj/app/many/149.c:\n  2: hit\n", lines.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(a+)+$")]
    [InlineData("(?=(a+)+$)b")]
    public async Task An_expression_that_explodes_ends(string pattern)
    {
        Files["/proj/app/a.txt"] = new string('a', 5_000) + "!";

        var run = RunAsync("grep", JsonSerializer.Serialize(new { pattern }));

        Assert.True(run.IsFaulted ? run.Exception!.InnerException is ToolRefusedException : (await run).Output.Length > 0);
    }
}
