using System.Text.Json;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Changes;
using OpenCode.Actors.Sessions.Tools.Edit;
using OpenCode.Actors.Sessions.Tools.Functions;
using OpenCode.Actors.Sessions.Tools.Glob;
using OpenCode.Actors.Sessions.Tools.Grep;
using OpenCode.Actors.Sessions.Tools.List;
using OpenCode.Actors.Sessions.Tools.Paths;
using OpenCode.Actors.Sessions.Tools.Read;
using OpenCode.Actors.Sessions.Tools.Write;
using OpenCode.Actors.Sessions.Turns;

namespace OpenCode.Actors.Tests.Sessions.Tools;

public sealed class FileToolsTests
{
    private readonly MemoryFiles _files = new();
    private readonly Dictionary<string, FunctionTool> _tools;
    private readonly ToolLocation _location;
    private RulesInForce _rules = RulesInForce.None;

    public FileToolsTests()
    {
        var stamps = new ReadStamps();
        var changes = new FileChanges(_files, stamps);
        FunctionTool[] tools =
        [
            new ReadTool(_files, _files, _files, _files, stamps, new MemoryOutputs()), new WriteTool(_files, _files, changes), new EditTool(_files, _files, changes),
            new GlobTool(_files, _files, _files, _files), new GrepTool(_files, _files, _files, _files, new MemoryOutputs()), new ListTool(_files, _files, _files),
        ];
        _tools = tools.ToDictionary(static tool => tool.Definition.Name, StringComparer.Ordinal);
        _location = new ToolLocation("/proj/app", "/proj", _files);
        _files["/proj/app/a.txt"] = "one\ntwo\n";
        _files["/proj/lib/b.txt"] = "lib";
        _files["/etc/passwd"] = "root";
    }

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
        _files.Links["/home/user"] = "/disk/user";
        _files.Links["/proj/app/home"] = "/home/user";
        foreach (var tool in (string[])["read", "edit", "write"])
        {
            var need = _tools[tool].NeedsOf(Call(tool, JsonSerializer.Serialize(new { filePath = path, content = "", oldString = "", newString = "" })), _location)[^1];
            Assert.Equal(action, need.Evaluate([new PermissionRule("*", "*", PermissionAction.Allow), new PermissionRule(need.Permission, pattern, PermissionAction.Deny)]).ToString());
        }
    }

    [Fact]
    public void The_stricter_name_of_a_file_decides_and_the_last_rule_for_it()
    {
        var need = _tools["read"].NeedsOf(Call("read", """{"filePath":"a.txt"}"""), _location).Single();
        PermissionRule all = new("*", "*", PermissionAction.Allow), here = new("read", "/proj/app/*", PermissionAction.Deny), relative = new("read", "app/*", PermissionAction.Allow);

        Assert.Equal(PermissionAction.Deny, need.Evaluate([here, relative]));
        Assert.Equal(PermissionAction.Allow, need.Evaluate([here, all]));
        Assert.Equal(PermissionAction.Deny, need.Evaluate([new PermissionRule("read", "*", PermissionAction.Deny), here with { Action = PermissionAction.Allow }]));
        var asked = new RulesInForce([[all, here with { Action = PermissionAction.Ask }]], []);
        Assert.Equal((PermissionAction.Ask, "*"), (asked.Evaluate(need), Assert.Single(asked.AlwaysBeyond(need))));
        Assert.Equal(PermissionAction.Allow, (asked with { Learned = [[new PermissionRule("read", "*", PermissionAction.Allow)]] }).Evaluate(need));
    }

    [Fact]
    public void A_folder_outside_may_be_named_by_the_home_folder_too()
    {
        var need = _tools["read"].NeedsOf(Call("read", """{"filePath":"/home/user/x/y"}"""), _location)[0];

        Assert.Equal(PermissionAction.Deny, need.Evaluate([new PermissionRule("external_directory", "~/x/*", PermissionAction.Deny)]));
    }

    [Fact]
    public void Without_a_project_all_but_the_location_is_outside()
    {
        var call = Call("read", """{"filePath":"/etc/passwd"}""");

        Assert.Equal(["external_directory", "read"], _tools["read"].NeedsOf(call, new ToolLocation("/proj/app", "/", _files)).Select(static need => need.Permission));
        Assert.Equal("a.txt", _tools["read"].NeedsOf(Call("read", """{"filePath":"a.txt"}"""), new ToolLocation("/proj/app", "/", _files)).Single().Patterns.Single());
    }

    [Theory]
    [InlineData("/proj/app", "app", "/proj")]
    [InlineData("/proj", "", "/proj")]
    [InlineData("/proj/app", "proj/app", "/")] // outside of a repository
    public void The_root_of_a_project_is_above_the_location(string directory, string path, string root) =>
        Assert.Equal(root, Stepping.RootOf(JsonSerializer.Deserialize(
            $$$"""{"id":"ses_x","slug":"s","projectID":"p","directory":"{{{directory}}}","path":"{{{path}}}","title":"T","version":"1","time":{"created":1,"updated":1}}""", ProtocolJson.Wire.Session)!));

    [Theory]
    [InlineData("read", "link/passwd", "external_directory /etc/*; read ../etc/passwd, app/link/passwd")]
    [InlineData("write", "link/new/x", "external_directory /etc/new/*; edit ../etc/new/x, app/link/new/x")] // also where nothing stands yet
    [InlineData("edit", "inside", "edit app/a.txt, app/inside")]
    [InlineData("grep", "link", "external_directory /etc/*; grep P")]
    public void A_link_is_judged_by_where_it_leads_and_by_its_name(string tool, string path, string needs)
    {
        _files.Links["/proj/app/link"] = "/etc";
        _files.Links["/proj/app/inside"] = "/proj/app/a.txt";

        Assert.Equal(needs, Needs(tool, path));
    }

    [Fact]
    public async Task A_link_that_is_changed_after_the_call_was_allowed_leads_nowhere()
    {
        _files.Links["/proj/app/link"] = "/proj/lib";
        var call = Call("write", """{"filePath":"link/x","content":"hi"}""");
        var allowed = _tools["write"].NeedsOf(call, _location);

        _files.Links["/proj/app/link"] = "/etc";

        var refused = await Assert.ThrowsAsync<ToolRefusedException>(() => RunAsync(call, allowed));
        Assert.Contains("leads elsewhere", refused.Message, StringComparison.Ordinal);
        Assert.False(_files.Has("/etc/x"));
    }

    [Fact]
    public async Task What_was_changed_since_it_was_read_is_not_overwritten_until_it_is_read_again()
    {
        await RunAsync("read", """{"filePath":"a.txt"}""");
        await RunAsync("edit", """{"filePath":"a.txt","oldString":"one","newString":"1"}"""); // Its own change is known.
        _files["/proj/app/a.txt"] = "theirs\n";

        foreach (var (tool, input) in new[] { ("edit", """{"filePath":"a.txt","oldString":"theirs","newString":"ours"}"""), ("write", """{"filePath":"a.txt","content":"ours"}""") })
        {
            Assert.Contains("Read it again", (await Assert.ThrowsAsync<ToolRefusedException>(() => RunAsync(tool, input))).Message, StringComparison.Ordinal);
            Assert.Equal("theirs\n", _files["/proj/app/a.txt"]);
        }

        await RunAsync("read", """{"filePath":"a.txt"}""");
        var outcome = await RunAsync("edit", """{"filePath":"a.txt","oldString":"theirs","newString":"ours"}""");
        Assert.Equal("ours\n", _files["/proj/app/a.txt"]);
        Assert.Equal(["/proj/app/a.txt"], outcome.Edited);
    }

    [Fact]
    public async Task A_file_that_was_removed_since_it_was_read_is_looked_for_and_then_made_anew()
    {
        await RunAsync("read", """{"filePath":"a.txt"}""");
        _files.Remove("/proj/app/a.txt");
        const string write = """{"filePath":"a.txt","content":"new"}""";

        Assert.Contains("was removed", (await Assert.ThrowsAsync<ToolRefusedException>(() => RunAsync("write", write))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ToolRefusedException>(() => RunAsync("read", """{"filePath":"a.txt"}"""));
        await RunAsync("write", write);

        Assert.Equal("new", _files["/proj/app/a.txt"]);
    }

    [Fact]
    public async Task A_write_keeps_what_is_no_text_and_what_marks_a_text()
    {
        _files.Put("/proj/app/marked.txt", [0xEF, 0xBB, 0xBF, .. "a\r\nb\r\n"u8]);
        _files.Put("/proj/app/latin.txt", [0xFC]);

        await RunAsync("edit", """{"filePath":"marked.txt","oldString":"a\nb","newString":"c\nd\ne"}""");

        Assert.Equal("\uFEFFc\r\nd\r\ne\r\n", _files["/proj/app/marked.txt"]);
        await Assert.ThrowsAsync<ToolRefusedException>(() => RunAsync("edit", """{"filePath":"latin.txt","oldString":"x","newString":"y"}"""));
    }

    [Fact]
    public async Task A_change_is_shown_as_a_diff_in_the_request_and_at_the_end()
    {
        var need = _tools["edit"].NeedsOf(Call("edit", """{"filePath":"a.txt","oldString":"one","newString":"1"}"""), _location).Single();
        Assert.Contains("-one", need.Metadata().GetProperty("diff").GetString(), StringComparison.Ordinal);

        var edited = await RunAsync("edit", """{"filePath":"a.txt","oldString":"one","newString":"1"}""");
        var written = await RunAsync("write", """{"filePath":"n.txt","content":"x\ny"}""");

        Assert.Contains("@@ -1,2 +1,2 @@\n-one\n+1\n two\n", edited.Metadata.GetProperty("diff").GetString(), StringComparison.Ordinal);
        Assert.Equal((1, 1), (edited.Metadata.GetProperty("filediff").GetProperty("additions").GetInt32(), edited.Metadata.GetProperty("filediff").GetProperty("deletions").GetInt32()));
        Assert.False(written.Metadata.GetProperty("exists").GetBoolean());
        Assert.Contains("2 lines", written.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_is_told_with_those_that_may_be_meant()
    {
        var refused = await Assert.ThrowsAsync<ToolRefusedException>(() => RunAsync("read", """{"filePath":"A.md"}"""));

        Assert.Equal("There is no file /proj/app/A.md. Is one of these meant? /proj/app/a.txt", refused.Message);
    }

    [Fact]
    public async Task A_long_file_says_where_it_goes_on_and_an_image_is_attached()
    {
        _files["/proj/app/long.txt"] = string.Concat(Enumerable.Range(1, 5_000).Select(static i => $"{i}\n"));
        _files.Put("/proj/app/x.png", [0x89, (byte)'P', (byte)'N', (byte)'G', 1, 2, 3]);
        _files.Put("/proj/app/x.bin", [1, 0, 2]);

        var text = await RunAsync("read", """{"filePath":"long.txt","offset":10,"limit":2}""");
        var image = await RunAsync("read", """{"filePath":"x.png"}""");

        Assert.Contains("10: 10\n11: 11\n", text.Output, StringComparison.Ordinal);
        Assert.Contains("goes on at line 12", text.Output, StringComparison.Ordinal);
        Assert.True(text.Metadata.GetProperty("truncated").GetBoolean());
        Assert.Equal(new ToolFile("image/png", "x.png", "data:image/png;base64,iVBORwECAw=="), Assert.Single(image.Files));
        Assert.Contains("binary", (await Assert.ThrowsAsync<ToolRefusedException>(() => RunAsync("read", """{"filePath":"x.bin"}"""))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_search_leaves_out_what_git_does_what_is_behind_links_and_what_may_not_be_read()
    {
        _files["/proj/.gitignore"] = "*.log\n/app/out/\n";
        _files["/proj/app/x.log"] = "two";
        _files["/proj/app/out/o.txt"] = "two";
        _files["/proj/app/.git/config"] = "two";
        _files["/proj/app/.env"] = "two";
        _files.Links["/proj/app/link"] = "/etc";
        _files["/proj/app/secret/s.txt"] = "two";
        _rules = new RulesInForce([[new PermissionRule("read", "*.env", PermissionAction.Ask), new PermissionRule("read", "/proj/app/secret/*", PermissionAction.Deny)]], []);

        var found = await RunAsync("glob", """{"pattern":"**"}""");
        var lines = await RunAsync("grep", """{"pattern":"t[w]o"}""");

        Assert.Equal("/proj/app/secret/s.txt\n/proj/app/.env\n/proj/app/a.txt", found.Output); // Newest first.
        Assert.Equal("/proj/app/a.txt:\n  2: two\n", lines.Output);
        Assert.Equal(1, lines.Metadata.GetProperty("matches").GetInt32());

        // What read may do for always, grep may too; and no more.
        _rules = _rules with { Learned = [[new PermissionRule("read", "*", PermissionAction.Allow)]] };
        Assert.Equal("/proj/app/.env:\n  1: two\n\n/proj/app/a.txt:\n  2: two\n", (await RunAsync("grep", """{"pattern":"t[w]o"}""")).Output);
    }

    [Fact]
    public async Task A_search_says_when_there_is_more()
    {
        for (var i = 0; i < 150; i++)
            _files[$"/proj/app/many/{i}.c"] = "x\r\nhit\r\n";

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
        _files["/proj/app/a.txt"] = new string('a', 5_000) + "!";

        var run = RunAsync("grep", JsonSerializer.Serialize(new { pattern }));

        Assert.True(run.IsFaulted ? run.Exception!.InnerException is ToolRefusedException : (await run).Output.Length > 0);
    }

    [Theory]
    [InlineData("read", """{}""", "'filePath' is missing")]
    [InlineData("read", """{"filePath":5}""", "'filePath' is 5")]
    [InlineData("read", """{"filePath":"a.txt","offset":"x"}""", "'offset' is \"x\"")]
    [InlineData("read", """{"filePath":"a\u0000"}""", "NUL")]
    [InlineData("edit", """{"filePath":"a.txt","oldString":"one"}""", "'newString' is missing")]
    [InlineData("edit", """{"filePath":"a.txt","oldString":"one","newString":"1","replaceAll":"yes"}""", "'replaceAll' is")]
    [InlineData("write", """{"filePath":"a.txt"}""", "'content' is missing")]
    [InlineData("grep", """{"pattern":"("}""", "cannot be read")]
    [InlineData("glob", """{"pattern":"*","path":"nowhere"}""", "no folder")]
    public async Task A_mistake_is_told_to_the_model(string tool, string input, string says) =>
        Assert.Contains(says, (await Assert.ThrowsAsync<ToolRefusedException>(() => RunAsync(tool, input))).Message, StringComparison.Ordinal);

    private static ToolCall Call(string tool, string input) => new("call_1", tool, JsonElement.Parse(input));

    private string Needs(string tool, string path)
    {
        var input = JsonSerializer.Serialize(new { filePath = path, path = path.Length == 0 ? null : path, pattern = "P", content = "c", oldString = "o", newString = "n" });
        return string.Join("; ", _tools[tool].NeedsOf(Call(tool, input), _location).Select(static need => $"{need.Permission} {string.Join(", ", need.Patterns)}"));
    }

    private Task<ToolOutcome> RunAsync(string tool, string input) => RunAsync(Call(tool, input), _tools[tool].NeedsOf(Call(tool, input), _location));

    private async Task<ToolOutcome> RunAsync(ToolCall call, IReadOnlyList<ToolPermission> allowed) => await _tools[call.Name].RunAsync(
        call, new ToolContext(new SessionId("ses_x"), _location.Directory, call.CallId) { Root = _location.Root, Allowed = allowed, Rules = _rules }, CancellationToken.None);
}
