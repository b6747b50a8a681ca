using System.Text.Json;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Sessions.Turns;

namespace OpenCode.Actors.Tests.Sessions.Tools;

/// <summary>What a call may do: the permissions that it needs, and the rules that judge its files.</summary>
public sealed class FileToolNeedsTests : FileToolsKit
{
    [Theory]
    [InlineData("read", "a.txt", "read app/a.txt")]
    [InlineData("read", "/proj/app/a.txt", "read app/a.txt")]
    [InlineData("read", "../lib/b.txt", "read lib/b.txt")] // in the project
    [InlineData("read", "/etc/passwd", "external_directory /etc/*; read ../etc/passwd")]
    [InlineData("read", "/etc", "external_directory /etc/*; read ../etc")]
    [InlineData("read", "app/../../../etc/passwd", "external_directory /etc/*; read ../etc/passwd")]
    [InlineData("write", "new/deep/x.txt", "edit app/new/deep/x.txt")]
    [InlineData("write", "/tmp/x.txt", "external_directory /tmp/*; edit ../tmp/x.txt")]
    [InlineData("edit", "/x.txt", "external_directory /*; edit ../x.txt")]
    [InlineData("read", "/data/tool-output/x.txt", "read ../data/tool-output/x.txt")] // a long output of a command
    [InlineData("grep", "/data/tool-output/x.txt", "grep P")]
    [InlineData("write", "/data/tool-output/x.txt", "external_directory /data/tool-output/*; edit ../data/tool-output/x.txt")]
    [InlineData("read", "/proj-other/x", "external_directory /proj-other/*; read ../proj-other/x")] // a name that only begins like the project
    [InlineData("list", "", "list app")]
    [InlineData("list", "/etc", "external_directory /etc/*; list ../etc")]
    [InlineData("glob", "/etc", "external_directory /etc/*; glob P")]
    [InlineData("grep", "", "grep P")]
    public void A_call_needs_its_own_permission_and_one_to_leave_the_project(string tool, string path, string needs) => Assert.Equal(needs, Needs(tool, path));

    [Theory]
    [InlineData("/proj/app/a.txt", "Deny")]
    [InlineData("/proj/*", "Deny")]
    [InlineData("app/*", "Deny")]
    [InlineData("~/a.txt", "Allow", "/home/user/b.txt")]
    [InlineData("~/*", "Deny", "/home/user/b.txt")]
    [InlineData("$HOME/b.txt", "Deny", "/home/user/b.txt")]
    [InlineData("/home/user/b.txt", "Deny", "/disk/user/b.txt")]
    [InlineData("~/b.txt", "Deny", "/proj/app/home/b.txt")]
    [InlineData("/proj/app/home/b.txt", "Deny", "/proj/app/home/b.txt")]
    public void A_rule_for_files_may_name_the_absolute_path_or_the_home_folder(string pattern, string action, string path = "a.txt")
    {
        Files.Links["/home/user"] = "/disk/user";
        Files.Links["/proj/app/home"] = "/home/user";
        foreach (var tool in (string[])["read", "edit", "write"])
        {
            var need = Tools[tool].NeedsOf(Call(tool, JsonSerializer.Serialize(new { filePath = path, content = "", oldString = "", newString = "" })), Location)[^1];
            Assert.Equal(action, need.Evaluate([new PermissionRule("*", "*", PermissionAction.Allow), new PermissionRule(need.Permission, pattern, PermissionAction.Deny)]).ToString());
        }
    }

    [Fact]
    public void The_stricter_name_of_a_file_decides_and_the_last_rule_for_it()
    {
        var need = Tools["read"].NeedsOf(Call("read", """{"filePath":"a.txt"}"""), Location).Single();
        PermissionRule all = new("*", "*", PermissionAction.Allow), here = new("read", "/proj/app/*", PermissionAction.Deny), relative = new("read", "app/*", PermissionAction.Allow);

        Assert.Equal(PermissionAction.Deny, need.Evaluate([here, relative]));
        Assert.Equal(PermissionAction.Allow, need.Evaluate([here, all]));
        Assert.Equal(PermissionAction.Deny, need.Evaluate([new PermissionRule("read", "*", PermissionAction.Deny), here with { Action = PermissionAction.Allow }]));
        var asked = new RulesInForce([[all, here with { Action = PermissionAction.Ask }]], []);
        Assert.Equal((PermissionAction.Ask, "*"), (asked.Evaluate(need), Assert.Single(asked.AlwaysBeyond(need))));
        Assert.Equal(PermissionAction.Allow, (asked with { Learned = [[new PermissionRule("read", "*", PermissionAction.Allow)]] }).Evaluate(need));
    }

    [Theory]
    [InlineData("edit", "a.txt", "two", "2", "@@ -1,2 +1,2 @@\n one\n-two\n+2\n")]
    [InlineData("edit", "new.txt", "", "2\n", "@@ -0,0 +1,1 @@\n+2\n")]
    [InlineData("write", "a.txt", "", "one\n2\n", "@@ -1,2 +1,2 @@\n one\n-two\n+2\n")]
    [InlineData("write", "new.txt", "", "2\n", "@@ -0,0 +1,1 @@\n+2\n")]
    [InlineData("edit", "link", "two", "2", "@@ -1,2 +1,2 @@\n one\n-two\n+2\n")]
    public void A_request_to_change_a_file_shows_the_lines_of_the_file(string tool, string path, string old, string now, string hunks)
    {
        Files.Links["/proj/app/link"] = "/proj/app/a.txt";

        Assert.EndsWith("\n" + hunks, DiffOf(tool, path, old, now), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("edit", "a.txt", "three", "@@ -1,1 +1,1 @@\n-three\n\\ No newline at end of file\n+2\n\\ No newline at end of file\n")] // will fail
    [InlineData("edit", "bytes", "two", "@@ -1,1 +1,1 @@\n-two\n\\ No newline at end of file\n+2\n\\ No newline at end of file\n")]
    [InlineData("write", "bytes", "", "@@ -0,0 +1,1 @@\n+2\n\\ No newline at end of file\n")]
    [InlineData("write", "large", "", "@@ -0,0 +1,1 @@\n+2\n\\ No newline at end of file\n")]
    public void A_request_to_change_a_file_that_cannot_be_compared_shows_the_call(string tool, string path, string old, string hunks)
    {
        Files.Put("/proj/app/bytes", [0xFF, 0xFF]);
        Files.Put("/proj/app/large", new byte[1 << 20]);

        Assert.EndsWith("\n" + hunks, DiffOf(tool, path, old, "2"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_outside_may_be_named_by_the_home_folder_too()
    {
        var need = Tools["read"].NeedsOf(Call("read", """{"filePath":"/home/user/x/y"}"""), Location)[0];

        Assert.Equal(PermissionAction.Deny, need.Evaluate([new PermissionRule("external_directory", "~/x/*", PermissionAction.Deny)]));
    }

    [Fact]
    public void Without_a_project_all_but_the_location_is_outside()
    {
        var call = Call("read", """{"filePath":"/etc/passwd"}""");

        Assert.Equal(["external_directory", "read"], Tools["read"].NeedsOf(call, new ToolLocation("/proj/app", "/", Files)).Select(static need => need.Permission));
        Assert.Equal("a.txt", Tools["read"].NeedsOf(Call("read", """{"filePath":"a.txt"}"""), new ToolLocation("/proj/app", "/", Files)).Single().Patterns.Single());
    }

    [Theory]
    [InlineData("/proj/app", "app", "/proj")]
    [InlineData("/proj", "", "/proj")]
    [InlineData("/proj/app", "proj/app", "/")] // outside of a repository
    public void The_root_of_a_project_is_above_the_location(string directory, string path, string root) =>
        Assert.Equal(root, SnapshotPlace.RootOf(JsonSerializer.Deserialize(
            $$$"""{"id":"ses_x","slug":"s","projectID":"p","directory":"{{{directory}}}","path":"{{{path}}}","title":"T","version":"1","time":{"created":1,"updated":1}}""", ProtocolJson.Wire.Session)!));

    [Theory]
    [InlineData("read", "link/passwd", "external_directory /etc/*; read ../etc/passwd, app/link/passwd")]
    [InlineData("write", "link/new/x", "external_directory /etc/new/*; edit ../etc/new/x, app/link/new/x")] // also where nothing stands yet
    [InlineData("edit", "inside", "edit app/a.txt, app/inside")]
    [InlineData("grep", "link", "external_directory /etc/*; grep P")]
    public void A_link_is_judged_by_where_it_leads_and_by_its_name(string tool, string path, string needs)
    {
        Files.Links["/proj/app/link"] = "/etc";
        Files.Links["/proj/app/inside"] = "/proj/app/a.txt";

        Assert.Equal(needs, Needs(tool, path));
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(300, false)]
    public void A_request_compares_a_bounded_number_of_lines(int pairs, bool compares)
    {
        Files["/proj/app/long.txt"] = Text("a");

        Assert.Equal(compares, DiffOf("write", "long.txt", "", Text("b")).Contains("\n same 50\n", StringComparison.Ordinal));

        string Text(string first) => string.Concat(Enumerable.Range(0, pairs).Select(i => $"{first} {i}\nsame {i}\n"));
    }

    private string DiffOf(string tool, string path, string old, string now)
    {
        var call = Call(tool, JsonSerializer.Serialize(new { filePath = path, content = now, oldString = old, newString = now }));
        return Tools[tool].NeedsOf(call, Location).Single().Metadata().GetProperty("diff").GetString()!;
    }
}
