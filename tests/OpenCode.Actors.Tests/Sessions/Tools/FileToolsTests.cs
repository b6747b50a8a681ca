using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Sessions.Tools.Changes;
using OpenCode.Actors.Sessions.Tools.Paths;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Tests.Sessions.Tools;

/// <summary>What the tools read and change, and their output for the model.</summary>
public sealed class FileToolsTests : FileToolsKit
{
    [Fact]
    public async Task A_link_that_is_changed_after_the_call_was_allowed_leads_nowhere()
    {
        Files.Links["/proj/app/link"] = "/proj/lib";
        var call = Call("write", """{"filePath":"link/x","content":"hi"}""");
        var allowed = Tools["write"].NeedsOf(call, Location);

        Files.Links["/proj/app/link"] = "/etc";

        var refused = await Assert.ThrowsAsync<ToolRefusedException>(() => RunAsync(call, allowed));
        Assert.Contains("leads elsewhere", refused.Message, StringComparison.Ordinal);
        Assert.False(Files.Has("/etc/x"));
    }

    [Fact]
    public async Task What_was_changed_since_it_was_read_is_not_overwritten_until_it_is_read_again()
    {
        await RunAsync("read", """{"filePath":"a.txt"}""");
        await RunAsync("edit", """{"filePath":"a.txt","oldString":"one","newString":"1"}"""); // Its own change is known.
        Files["/proj/app/a.txt"] = "theirs\n";

        foreach (var (tool, input) in new[] { ("edit", """{"filePath":"a.txt","oldString":"theirs","newString":"ours"}"""), ("write", """{"filePath":"a.txt","content":"ours"}""") })
        {
            Assert.Contains("Read it again", (await Assert.ThrowsAsync<ToolRefusedException>(() => RunAsync(tool, input))).Message, StringComparison.Ordinal);
            Assert.Equal("theirs\n", Files["/proj/app/a.txt"]);
        }

        await RunAsync("read", """{"filePath":"a.txt"}""");
        var outcome = await RunAsync("edit", """{"filePath":"a.txt","oldString":"theirs","newString":"ours"}""");
        Assert.Equal("ours\n", Files["/proj/app/a.txt"]);
        Assert.Equal(["/proj/app/a.txt"], outcome.Edited);
    }

    [Theory]
    [InlineData("/proj/app/a.txt", "theirs\n")]
    [InlineData("/proj/app/new.txt", "theirs\n")]
    [InlineData("/proj/app/a.txt", null)]
    public void What_is_changed_while_a_call_works_on_it_is_not_overwritten(string path, string? theirs)
    {
        var changes = new FileChanges(Files, new ReadStamps());

        var refused = Assert.Throws<ToolRefusedException>(() => changes.Change(new SessionId("ses_x"), path, _ => Meanwhile(), default));

        Assert.Contains("while this call worked on it", refused.Message, StringComparison.Ordinal);
        Assert.Equal(theirs, Files.Has(path) ? Files[path] : null);

        string Meanwhile()
        {
            if (theirs is null)
                Files.Remove(path);
            else
                Files[path] = theirs;
            return "ours\n";
        }
    }

    [Fact]
    public async Task A_file_that_was_removed_since_it_was_read_is_looked_for_and_then_made_anew()
    {
        await RunAsync("read", """{"filePath":"a.txt"}""");
        Files.Remove("/proj/app/a.txt");
        const string write = """{"filePath":"a.txt","content":"new"}""";

        Assert.Contains("was removed", (await Assert.ThrowsAsync<ToolRefusedException>(() => RunAsync("write", write))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ToolRefusedException>(() => RunAsync("read", """{"filePath":"a.txt"}"""));
        await RunAsync("write", write);

        Assert.Equal("new", Files["/proj/app/a.txt"]);
    }

    [Theory]
    [InlineData("a\nb\n", "1\f2\u20283\u20294\u00855\v6\r7\n", "1\f2\u20283\u20294\u00855\v6\r7\n")]
    [InlineData("a\r\nb\r\n", "1\f2\u2028\n", "1\f2\u2028\r\n")]
    [InlineData("a\nb\nc\r\n", "1\n2\r\n3\n", "1\n2\n3\n")]
    public async Task A_write_changes_no_sign_of_the_content_but_its_line_ends_to_those_that_most_lines_of_the_file_have(string before, string content, string after)
    {
        Files["/proj/app/ends.txt"] = before;

        await RunAsync("write", System.Text.Json.JsonSerializer.Serialize(new { filePath = "ends.txt", content }));

        Assert.Equal(after, Files["/proj/app/ends.txt"]);
    }

    [Fact]
    public async Task A_write_keeps_what_is_no_text_and_what_marks_a_text()
    {
        Files.Put("/proj/app/marked.txt", [0xEF, 0xBB, 0xBF, .. "a\r\nb\r\n"u8]);
        Files.Put("/proj/app/latin.txt", [0xFC]);

        await RunAsync("edit", """{"filePath":"marked.txt","oldString":"a\nb","newString":"c\nd\ne"}""");

        Assert.Equal("\uFEFFc\r\nd\r\ne\r\n", Files["/proj/app/marked.txt"]);
        await Assert.ThrowsAsync<ToolRefusedException>(() => RunAsync("edit", """{"filePath":"latin.txt","oldString":"x","newString":"y"}"""));
    }

    [Fact]
    public async Task A_change_is_shown_as_a_diff_in_the_request_and_at_the_end()
    {
        var need = Tools["edit"].NeedsOf(Call("edit", """{"filePath":"a.txt","oldString":"one","newString":"1"}"""), Location).Single();
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
        Files["/proj/app/long.txt"] = string.Concat(Enumerable.Range(1, 5_000).Select(static i => $"{i}\n"));
        Files.Put("/proj/app/x.png", [0x89, (byte)'P', (byte)'N', (byte)'G', 1, 2, 3]);
        Files.Put("/proj/app/x.bin", [1, 0, 2]);

        var text = await RunAsync("read", """{"filePath":"long.txt","offset":10,"limit":2}""");
        var image = await RunAsync("read", """{"filePath":"x.png"}""");

        Assert.Contains("10: 10\n11: 11\n", text.Output, StringComparison.Ordinal);
        Assert.Contains("goes on at line 12", text.Output, StringComparison.Ordinal);
        Assert.True(text.Metadata.GetProperty("truncated").GetBoolean());
        Assert.Equal(new ToolFile("image/png", "x.png", "data:image/png;base64,iVBORwECAw=="), Assert.Single(image.Files));
        Assert.Contains("binary", (await Assert.ThrowsAsync<ToolRefusedException>(() => RunAsync("read", """{"filePath":"x.bin"}"""))).Message, StringComparison.Ordinal);
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
}
