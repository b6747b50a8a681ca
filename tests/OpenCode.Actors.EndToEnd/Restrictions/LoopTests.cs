using System.Text.Json;
using System.Text.Json.Nodes;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Providers;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Restrictions;

/// <summary>A model that never stops calling tools, and one that reads what a rule names by the home folder.</summary>
public sealed class LoopTests(ITestOutputHelper output) : ServerTest(output)
{
    [Fact]
    public async Task Repeated_calls_need_a_permission_and_the_last_step_of_an_agent_is_without_tools()
    {
        var provider = Own(await ScriptedProvider.StartAsync());
        var config = JsonNode.Parse("""
            {
              "model": "fake/m",
              "agent": { "build": { "steps": 2 } },
              "permission": { "doom_loop": "deny", "external_directory": "allow", "read": { "*": "allow", "~/secret/*": "deny" } }
            }
            """)!.AsObject();
        config["provider"] = new JsonObject
        {
            ["fake"] = new JsonObject { ["npm"] = "@ai-sdk/openai-compatible", ["options"] = new JsonObject { ["baseURL"] = provider.BaseUrl, ["apiKey"] = "none" }, ["models"] = new JsonObject { ["m"] = new JsonObject() } },
        };
        var server = await StartAsync(Setup with { Config = config });
        var secret = Path.Combine(Folder.Path, "home/secret");
        Directory.CreateDirectory(secret);
        File.WriteAllText(Path.Combine(secret, "s.txt"), "SECRET");
        var session = await server.Api.CreateSessionAsync(new { title = "T" }); // Else the provider is asked for one too.
        provider.Stream([.. Enumerable.Range(1, 3).Select(i => Call($"c{i}", "bash", """{"command":"echo x >> ran","description":"d"}""", index: i - 1))]);
        provider.Stream(Call("c4", "read", JsonSerializer.Serialize(new { filePath = Path.Combine(secret, "s.txt") })));

        await server.Api.PostAsync($"/session/{session}/message", new { parts = new[] { new { type = "text", text = "go" } } });

        Assert.Equal("x\nx\n", File.ReadAllText(Path.Combine(Setup.Project, "ran")));
        var tools = (await server.Api.MessagesAsync(session)).SelectMany(message => message.GetProperty("parts").EnumerateArray()).Where(part => part.Text("type") == "tool").ToList();
        Assert.Equal(["completed", "completed", "error", "error"], tools.Select(part => part.Text("state", "status")));
        Assert.Contains("doom_loop bash", tools[2].Text("state", "error"), StringComparison.Ordinal);
        Assert.Equal([true, false], provider.Requests.Select(request => request.Body.TryGetProperty("tools", out _)));
        Assert.Contains("last step", provider.Requests.Last().Body.GetProperty("messages").EnumerateArray().Last().Text("content"), StringComparison.Ordinal);

        provider.Stream(Call("c5", "read", JsonSerializer.Serialize(new { filePath = Path.Combine(secret, "s.txt") })));
        provider.Stream("""{"choices":[{"delta":{"content":"ok"},"finish_reason":"stop"}]}""");
        await server.Api.PostAsync($"/session/{session}/message", new { parts = new[] { new { type = "text", text = "again" } } });
        var read = (await server.Api.MessagesAsync(session)).SelectMany(message => message.GetProperty("parts").EnumerateArray()).Last(part => part.Text("type") == "tool");
        Assert.Contains("forbids this: read", read.Text("state", "error"), StringComparison.Ordinal);
    }

    private static string Call(string id, string tool, string arguments, int index = 0)
    {
        var call = new { index, id, type = "function", function = new { name = tool, arguments } };
        return JsonSerializer.Serialize(new { choices = new[] { new { delta = new { tool_calls = new[] { call } }, finish_reason = "tool_calls" } } });
    }
}
