using System.Net;
using System.Text.Json;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Tools;

/// <summary>Commands of Markdown files with files, folders and shell lines in their templates, on a real disk.</summary>
public sealed class CommandFilesTests(ITestOutputHelper output) : ServerTest(output)
{
    [Fact]
    public async Task A_template_gives_the_model_the_files_and_folders_that_it_names_and_no_others()
    {
        var project = Setup.Project;
        Directory.CreateDirectory(Path.Combine(project, ".opencode", "command"));
        Directory.CreateDirectory(Path.Combine(project, "parts"));
        await File.WriteAllTextAsync(Path.Combine(project, "a.txt"), "text of a");
        await File.WriteAllTextAsync(Path.Combine(project, "parts", "inner.txt"), "inner");
        await File.WriteAllTextAsync(Path.Combine(project, "key.env"), "KEY=secret");
        await File.WriteAllTextAsync(Path.Combine(Folder.Path, "outside.txt"), "text from outside");
        await File.WriteAllTextAsync(
            Path.Combine(project, ".opencode", "command", "look.md"),
            "---\ndescription: Looks\n---\nLook at @a.txt, @parts, @key.env, @../outside.txt and @nothing.txt: $ARGUMENTS. !`cat a.txt | tr a-z A-Z`");
        var server = await StartAsync();
        await using var stream = await server.ListenAsync();
        await stream.WaitForTypeAsync("server.connected");
        var session = await server.Api.CreateSessionAsync(new { title = "T" });

        var answer = await server.Api.PostAsync($"/session/{session}/command", new { command = "look", arguments = "now" });

        var parts = (await server.Api.MessagesAsync(session))[0].GetProperty("parts").EnumerateArray().ToList();
        Assert.Equal("Look at @a.txt, @parts, @key.env, @../outside.txt and @nothing.txt: now. TEXT OF A", parts[0].Text("text"));
        Assert.Equal(["a.txt", "parts"], parts.Where(part => part.Text("type") == "file").Select(part => part.Text("filename")));
        var told = string.Concat(parts.Where(part => part.Text("type") == "text").Select(part => part.Text("text")));
        Assert.Contains("text of a", told, StringComparison.Ordinal);
        Assert.Contains("inner.txt", told, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", told, StringComparison.Ordinal);
        Assert.DoesNotContain("from outside", told, StringComparison.Ordinal);
        var executed = (await stream.WaitForTypeAsync("command.executed", session)).Properties;
        Assert.Equal(("look", "now", answer.Text("info", "id")), (executed.Text("name"), executed.Text("arguments"), executed.Text("messageID")));

        var init = new { providerID = "embedded", modelID = "assistant", messageID = "msg_7fffffffffffAAAAAAAAAAAAAA" };
        Assert.Equal(JsonValueKind.True, (await server.Api.PostAsync($"/session/{session}/init", init)).ValueKind);
        Assert.Contains("AGENTS.md", (await server.Api.GetAsync($"/session/{session}/message/{init.messageID}")).ToString(), StringComparison.Ordinal);
        await server.Api.PostAsync($"/session/{session}/init", init with { messageID = "msg_7fffffffffffBBBBBBBBBBBBBB", modelID = "nope" }, HttpStatusCode.BadRequest);
    }
}
