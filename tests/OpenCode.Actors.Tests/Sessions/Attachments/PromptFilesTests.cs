using System.Text.Json;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Attachments;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Tests.Sessions.Files;
using OpenCode.Actors.Tests.Sessions.ShellLines;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Sessions.Attachments;

public sealed class PromptFilesTests
{
    private readonly MemoryFiles _files = new();
    private readonly ScriptedPaths _paths = new();

    [Fact]
    public async Task What_is_read_stands_before_its_part_which_stays_as_it_is()
    {
        _files.Add("/p/a b.txt", "one\ntwo\n");
        var file = new FilePromptPart("text/plain", "file:///p/a%20b.txt?start=2") { Filename = "a", Source = JsonElement.Parse("""{"type":"file"}""") };

        var parts = await ReadAsync(new TextPromptPart("see"), file, new TextPromptPart("and"));

        Assert.Equal(new TextPromptPart("see"), parts[0]);
        Assert.Contains("\n2: two\n", Assert.IsType<TextPromptPart>(parts[1]).Text, StringComparison.Ordinal);
        Assert.True(((TextPromptPart)parts[1]).Synthetic);
        Assert.Same(file, parts[2]);
        Assert.Equal(new TextPromptPart("and"), parts[3]);
    }

    [Fact]
    public async Task The_first_file_of_a_folder_brings_the_instructions_of_that_folder()
    {
        _files.Add("/p/AGENTS.md", "OF LOCATION").Add("/p/a/AGENTS.md", "OF A").Add("/p/a/b/AGENTS.md", "OF B").Add("/p/a/b/x.c").Add("/p/a/y.c").Add("/q/AGENTS.md", "OUTSIDE").Add("/q/z.c");

        var parts = await ReadAsync([.. ((string[])["a/b/x.c", "a/y.c", "../q/z.c", "a/AGENTS.md"]).Select(path => new FilePromptPart("text/plain", $"file:///p/{path}".Replace("/p/..", "", StringComparison.Ordinal)))]);

        var told = parts.OfType<TextPromptPart>().Select(part => part.Text).ToList();
        Assert.EndsWith("For files in that folder hold:\nInstructions from /p/a/AGENTS.md:\n<instructions>\nOF A\n</instructions>\n\nInstructions from /p/a/b/AGENTS.md:\n<instructions>\nOF B\n</instructions>\n</reminder>", told[0], StringComparison.Ordinal);
        Assert.All(told.Skip(1), text => Assert.DoesNotContain("<instructions>", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_image_of_the_disk_becomes_the_data_of_its_part()
    {
        _files.Add("/p/x", [0x89, .. "PNG"u8]);

        var parts = await ReadAsync(new FilePromptPart("text/plain", "file:///p/x"));

        var image = Assert.IsType<FilePromptPart>(parts[1]);
        Assert.Equal(("image/png", "data:image/png;base64,iVBORw=="), (image.Mime, image.Url));
    }

    [Theory]
    [InlineData("text/plain", "data:text/plain;base64,SEVM TE8=", "HELLO")]
    [InlineData("text/plain", "data:text/plain;charset=utf-8;base64,SEVMTE8%3D", "HELLO")]
    [InlineData("application/json", "data:,%7B%22a%22:1%7D", """{"a":1}""")]
    [InlineData("text/plain", "DATA:text/plain,", "<file name=\"n\">")]
    [InlineData("application/zip", "data:application/zip;base64,AAEC", "It is binary")]
    public async Task Data_is_decoded(string mime, string url, string told)
    {
        var parts = await ReadAsync(new FilePromptPart(mime, url) { Filename = "n" });

        Assert.Contains(told, Assert.IsType<TextPromptPart>(parts[0]).Text, StringComparison.Ordinal);
        Assert.Equal(url, Assert.IsType<FilePromptPart>(parts[1]).Url);
    }

    [Theory]
    [InlineData("image/png", "data:image/png;base64,iVBORw0KGgo=", "image/png")]
    [InlineData("image/png", "data:image/png;base64,/9j/4AAQ", "image/jpeg")]
    [InlineData("text/plain", "data:text/plain;base64,JVBERi0xLjc=", "application/pdf")]
    [InlineData("image/heic", "data:image/heic;base64,AAEC", "image/heic")]
    public async Task Media_in_data_is_left_to_the_model_by_its_real_type(string mime, string url, string type)
    {
        var parts = await ReadAsync(new FilePromptPart(mime, url));

        Assert.Equal((type, url), (Assert.IsType<FilePromptPart>(Assert.Single(parts)).Mime, ((FilePromptPart)parts[0]).Url));
        Assert.Equal(type, AttachedMedia.Find((FilePart)parts[0].ToPart(default, default, default))!.MimeType);
    }

    [Theory]
    [InlineData("https://h/x")]
    [InlineData("x.txt")]
    [InlineData("data:text/plain;base64,%")]
    [InlineData("data:text/plain")]
    [InlineData("file://other/x")]
    [InlineData("file:///x?start=one")]
    [InlineData("file:///x?end=-1")]
    public async Task What_cannot_be_read_is_refused_with_its_part(string url)
    {
        var refusal = Assert.IsType<PromptRejected>(await TakeAsync(new TextPromptPart("x"), new FilePromptPart("text/plain", url)));

        Assert.StartsWith("parts[1].url: ", refusal.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resources_and_too_many_files_are_refused()
    {
        var resource = new FilePromptPart("text/plain", "r://x") { Source = JsonElement.Parse("""{"type":"resource"}""") };
        var file = new FilePromptPart("text/plain", "file:///p/a.txt");

        Assert.Equal("parts[0].source: give clientName, an MCP server, and uri, one of its resources.", Assert.IsType<PromptRejected>(await TakeAsync(resource)).Reason);
        var named = new FilePromptPart("text/plain", "file:///p/a.txt") { Source = JsonElement.Parse("""{"type":"resource","clientName":"toy","uri":"r://x"}""") };
        Assert.Contains("There are no MCP servers here.", Assert.IsType<PromptRejected>(await TakeAsync(named)).Reason, StringComparison.Ordinal);
        Assert.Contains("at most 200", Assert.IsType<PromptRejected>(await TakeAsync([.. Enumerable.Repeat(file, 201)])).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Images_that_are_too_large_together_are_left_out_with_a_word()
    {
        _files.Add("/p/x.png", [0x89, .. "PNG"u8, .. new byte[15 << 20]]);
        var file = new FilePromptPart("image/png", "file:///p/x.png");

        var parts = await ReadAsync(file, file);

        Assert.StartsWith("data:", Assert.IsType<FilePromptPart>(parts[1]).Url, StringComparison.Ordinal);
        Assert.Contains("larger than 24 MiB together", Assert.IsType<TextPromptPart>(parts[2]).Text, StringComparison.Ordinal);
        Assert.Same(file, parts[3]);
    }

    [Fact]
    public async Task Files_that_do_not_answer_refuse_the_prompt()
    {
        _files.IsAway = true;

        Assert.Contains("did not answer", Assert.IsType<PromptRejected>(await TakeAsync(new FilePromptPart("text/plain", "file:///p/a"))).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Instructions_near_a_file_that_lead_out_of_the_project_are_not_read()
    {
        _files.Add("/p/.git/HEAD").Add("/p/sub/a.txt", "x").Add("/p/sub/AGENTS.md", "SECRET").Add("/p/other/a.txt", "x").Add("/p/other/AGENTS.md", "INSIDE");
        _paths.Links["/p/sub/AGENTS.md"] = "/outside/key";
        _paths.Links["/p/other"] = "/p/real";
        _files.Add("/p/real/AGENTS.md", "INSIDE");

        var text = string.Concat((await ReadAsync(new FilePromptPart("text/plain", "file:///p/sub/a.txt"), new FilePromptPart("text/plain", "file:///p/other/a.txt"))).OfType<TextPromptPart>().Select(static part => part.Text));

        Assert.DoesNotContain("SECRET", text, StringComparison.Ordinal);
        Assert.Contains("Instructions from /p/sub/AGENTS.md: It is left out, since it is /outside/key", text, StringComparison.Ordinal);
        Assert.Contains("INSIDE", text, StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<PromptPart>> ReadAsync(params PromptPart[] parts) => Assert.IsType<TakePrompt>(await TakeAsync(parts)).Request.Parts;

    private Task<object> TakeAsync(params PromptPart[] parts) => new PromptFiles(_files, _paths, new VirtualTime()).ReadAsync(new TakePrompt(new Prompt(parts)), "/p", CancellationToken.None);
}
