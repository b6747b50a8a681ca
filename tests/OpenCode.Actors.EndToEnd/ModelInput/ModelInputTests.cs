using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Providers;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.ModelInput;

/// <summary>What a model is sent for each kind of part of a prompt, as its provider gets it over HTTP.</summary>
public sealed class ModelInputTests(ITestOutputHelper output) : ServerTest(output)
{
    private const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    // The user's own, the project's, the configuration's, the prompt's.
    private static readonly string[] _inOrder = ["Say GAMMA.", "Say ALPHA.", "Say BETA.", "Say DELTA."];

    [Fact]
    public async Task The_system_prompt_has_the_environment_the_project_and_its_instructions()
    {
        var chat = await ChatAsync(config => config["instructions"] = new JsonArray("docs/*.md", "docs/none.md"));
        Write("AGENTS.md", "Say ALPHA.");
        Write("CLAUDE.md", "Say NEVER.");
        Write("docs/style.md", "Say BETA.");
        Write(".gitignore", "*.log\nout/\n");
        Write("out/made.txt", "");
        Write("src/main.c", "");
        Write("noise.log", "");
        Write("../home/.config/opencode/AGENTS.md", "Say GAMMA.");

        var request = await chat.AskAsync(new { parts = new[] { new { type = "text", text = "hi" } }, system = "Say DELTA." });

        var system = request.GetProperty("messages")[0].GetProperty("content").GetString()!;
        Assert.Equal("system", request.GetProperty("messages")[0].Text("role"));
        Assert.Contains($"Working directory: {chat.Server.Setup.Project}\n", system, StringComparison.Ordinal);
        Assert.Contains($"Today: {DateTime.Now:yyyy-MM}", system, StringComparison.Ordinal);
        Assert.Contains("You are the model fake/m.", system, StringComparison.Ordinal);
        Assert.Contains("src/", system, StringComparison.Ordinal);
        Assert.DoesNotContain("noise.log", system, StringComparison.Ordinal);
        Assert.DoesNotContain("out/", system, StringComparison.Ordinal);
        Assert.DoesNotContain("Say NEVER.", system, StringComparison.Ordinal);
        Assert.Contains("docs/none.md: The configuration names this", system, StringComparison.Ordinal);
        var order = _inOrder.Select(text => system.IndexOf(text, StringComparison.Ordinal)).ToList();
        Assert.DoesNotContain(-1, order);
        Assert.Equal(order.Order(), order);
    }

    [Fact]
    public async Task Files_of_the_disk_are_given_as_text_lines_and_listings()
    {
        var chat = await ChatAsync();
        Write("note.txt", "one\ntwo\nthree\n");
        Write("sub/a.py", "x = 1");
        Write("b.bin", "\0\u0001");
        Write("../outside.txt", "OUTSIDE");
        File.CreateSymbolicLink(Path.Combine(chat.Server.Setup.Project, "link.txt"), Path.Combine(Folder.Path, "outside.txt"));
        using (var made = Process.Start("mkfifo", Path.Combine(chat.Server.Setup.Project, "pipe")))
            await made.WaitForExitAsync();

        var source = new { type = "file", path = "note.txt", text = new { value = "@note.txt", start = 0, end = 9 } };
        var whole = await chat.TellAsync(FilePart("note.txt", source: source));
        Assert.Contains("1: one\n2: two\n3: three\n", whole, StringComparison.Ordinal);
        Assert.Contains("2: two\n3: three\n", await chat.TellAsync(FilePart("note.txt?start=2&end=3")), StringComparison.Ordinal);
        Assert.DoesNotContain("1: one", await chat.TellAsync(FilePart("note.txt?start=2&end=3")), StringComparison.Ordinal);
        Assert.DoesNotContain("3: three", await chat.TellAsync(FilePart("note.txt?start=1&end=2")), StringComparison.Ordinal);
        Assert.Contains("note.txt\n", await chat.TellAsync(FilePart("", "application/x-directory")), StringComparison.Ordinal);
        Assert.Contains("sub/\n", await chat.TellAsync(FilePart("", "application/x-directory")), StringComparison.Ordinal);
        Assert.Contains("There is no file", await chat.TellAsync(FilePart("missing.txt")), StringComparison.Ordinal);
        Assert.Contains("is binary", await chat.TellAsync(FilePart("b.bin")), StringComparison.Ordinal);
        Assert.Contains("1: OUTSIDE", await chat.TellAsync(FilePart("../outside.txt")), StringComparison.Ordinal);
        Assert.Contains("1: OUTSIDE", await chat.TellAsync(FilePart("link.txt")), StringComparison.Ordinal);
        Assert.Contains("no regular file", await chat.TellAsync(FilePart("pipe")), StringComparison.Ordinal);
        Assert.Contains("the store of this server", await chat.TellAsync(FilePart("../data/hub.db")), StringComparison.Ordinal);

        var stored = (await chat.Server.Api.MessagesAsync(chat.Session))[0].GetProperty("parts");
        Assert.Equal(["text", "file"], stored.EnumerateArray().Select(part => part.Text("type")));
        Assert.True(stored[0].GetProperty("synthetic").GetBoolean());
        Assert.Equal("@note.txt", stored[1].Text("source", "text", "value"));
        Assert.StartsWith("file:///", stored[1].Text("url"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_is_decoded_and_images_are_given_as_they_are()
    {
        var chat = await ChatAsync();
        File.WriteAllBytes(Path.Combine(chat.Server.Setup.Project, "p.png"), Convert.FromBase64String(Png));
        var image = $"data:image/png;base64,{Png}";

        Assert.Contains("HELLO", await chat.TellAsync(DataPart("text/plain", "data:text/plain;base64,SEVMTE8=")), StringComparison.Ordinal);
        Assert.Contains("HE LLO", await chat.TellAsync(DataPart("text/plain", "data:text/plain,HE%20LLO")), StringComparison.Ordinal);
        Assert.Contains("binary", await chat.TellAsync(DataPart("application/zip", "data:application/zip;base64,UEsDBAAA")), StringComparison.Ordinal);
        Assert.Equal(image, ImageOf(await chat.AskAsync(new { parts = new[] { DataPart("image/png", image) } })));
        Assert.Equal(image, ImageOf(await chat.AskAsync(new { parts = new[] { FilePart("p.png", "image/png") } })));
        Assert.Equal(image, ImageOf(await chat.AskAsync(new { parts = new[] { FilePart("p.png", "text/plain") } })));
    }

    [Fact]
    public async Task Agents_are_called_for_by_name_and_texts_as_their_marks_say()
    {
        var chat = await ChatAsync();

        var agent = await chat.TellAsync(new { type = "text", text = "look" }, new { type = "agent", name = "general" });
        Assert.Contains("general", agent, StringComparison.Ordinal);
        Assert.Contains("task", agent, StringComparison.Ordinal);

        var marked = await chat.TellAsync(new { type = "text", text = "note", synthetic = true }, new { type = "text", text = "NEVER", ignored = true });
        Assert.Contains("note", marked, StringComparison.Ordinal);
        Assert.DoesNotContain("NEVER", marked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_is_reminded_of_its_limits_and_build_of_their_end()
    {
        var chat = await ChatAsync();

        var planned = await chat.AskAsync(new { parts = new[] { new { type = "text", text = "one" } }, agent = "plan" });
        var built = await chat.AskAsync(new { parts = new[] { new { type = "text", text = "two" } }, agent = "build" });
        var again = await chat.AskAsync(new { parts = new[] { new { type = "text", text = "three" } }, agent = "build" });

        Assert.Contains("change nothing", Chat.Last(planned), StringComparison.Ordinal);
        Assert.Contains("It no longer is", Chat.Last(built), StringComparison.Ordinal);
        Assert.DoesNotContain("<reminder>", Chat.Last(again), StringComparison.Ordinal);

        // The prefix is the same: a provider finds it in its cache.
        var (before, after) = (built.GetProperty("messages").EnumerateArray().ToList(), again.GetProperty("messages").EnumerateArray().ToList());
        Assert.Equal(before.Select(message => message.GetRawText()), after.Take(before.Count).Select(message => message.GetRawText()));
    }

    [Theory]
    [InlineData("https://example.invalid/x.txt", null, "parts[1].url")]
    [InlineData("data:text/plain;base64,%%%", null, "parts[1].url")]
    [InlineData("file://elsewhere/x.txt", null, "parts[1].url")]
    [InlineData("file:///x.txt?start=a", null, "parts[1].url")]
    [InlineData("mcp://x", """{"type":"resource","clientName":"a","uri":"mcp://x","text":{"value":"","start":0,"end":0}}""", "MCP")]
    public async Task What_cannot_be_given_to_a_model_is_refused_and_nothing_is_stored(string url, string? source, string named)
    {
        var chat = await ChatAsync();
        var parts = new object[] { new { type = "text", text = "x" }, new { type = "file", mime = "text/plain", filename = "x", url, source = source is null ? null : JsonNode.Parse(source) } };

        var error = await chat.Server.Api.PostAsync($"/session/{chat.Session}/message", new { parts }, HttpStatusCode.BadRequest);

        Assert.Contains(named, error.Text("data", "message"), StringComparison.Ordinal);
        Assert.Empty(await chat.Server.Api.MessagesAsync(chat.Session));
    }

    [Fact]
    public async Task An_image_of_8_MB_and_a_text_of_10_MB_reach_the_model_whole()
    {
        var chat = await ChatAsync();
        var bytes = new byte[8 << 20];
        new Random(1).NextBytes(bytes);
        Convert.FromBase64String(Png).CopyTo(bytes, 0);
        var image = $"data:image/png;base64,{Convert.ToBase64String(bytes)}";

        var request = await chat.AskAsync(new { parts = new[] { DataPart("image/png", image) } });
        Assert.True(image == ImageOf(request), "another image than was sent");

        var text = new string('a', 10 << 20);
        Assert.True(text == Chat.Last(await chat.AskAsync(new { parts = new[] { new { type = "text", text } } })), "another text than was sent");
    }

    private async Task<Chat> ChatAsync(Action<JsonObject>? configure = null)
    {
        var provider = Own(await ScriptedProvider.StartAsync());
        var config = new JsonObject
        {
            ["provider"] = new JsonObject
            {
                ["fake"] = new JsonObject
                {
                    ["npm"] = "@ai-sdk/openai-compatible",
                    ["options"] = new JsonObject { ["baseURL"] = provider.BaseUrl, ["apiKey"] = "none" },
                    ["models"] = new JsonObject
                    {
                        ["m"] = new JsonObject
                        {
                            ["attachment"] = true,
                            ["modalities"] = new JsonObject { ["input"] = new JsonArray("text", "image", "pdf"), ["output"] = new JsonArray("text") },
                        },
                    },
                },
            },
            ["model"] = "fake/m",
        };
        configure?.Invoke(config);
        var server = await StartAsync(Setup with { Config = config });
        return new Chat(server, provider, await server.Api.CreateSessionAsync(new { title = "T" }));
    }

    private void Write(string path, string text)
    {
        var full = Path.Combine(Setup.Project, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    private object FilePart(string path, string mime = "text/plain", object? source = null) => new { type = "file", mime, filename = "f", url = $"file://{Setup.Project}/{path}", source };

    private static object DataPart(string mime, string url) => new { type = "file", mime, filename = "f", url };

    private static string? ImageOf(JsonElement request) => request.GetProperty("messages").EnumerateArray().Last().GetProperty("content").EnumerateArray()
        .Single(part => part.Text("type") == "image_url").Text("image_url", "url");

    private sealed class Chat(ServerProcess server, ScriptedProvider provider, string session)
    {
        public ServerProcess Server => server;

        public string Session => session;

        public static string Last(JsonElement request)
        {
            var content = request.GetProperty("messages").EnumerateArray().Last().GetProperty("content");
            return content.ValueKind == JsonValueKind.String ? content.GetString()! : string.Join('\n', content.EnumerateArray().Select(part => part.Text("text")));
        }

        /// <summary>Prompts, and returns what the model was asked.</summary>
        public async Task<JsonElement> AskAsync(object prompt)
        {
            provider.Stream("""{"choices":[{"delta":{"content":"ok"},"finish_reason":"stop"}]}""");
            await server.Api.PostAsync($"/session/{session}/message", prompt);
            return provider.Requests.Last().Body;
        }

        /// <summary>Prompts, and returns the text of the message that the model got.</summary>
        public async Task<string> TellAsync(params object[] parts) => Last(await AskAsync(new { parts }));
    }
}
