using System.Text.Json;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.ModelTurns;

/// <summary>Turns through a whole server, against providers over HTTP that answer by a script: what each was asked, and what clients were shown.</summary>
public sealed class ModelTurnsTests(ModelTurnsServer host) : IClassFixture<ModelTurnsServer>
{
    private const string Png = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    public static TheoryData<string> Vendors => [.. Vendor.All.Keys];

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task A_request_holds_the_system_prompt_files_images_and_tools(string vendor)
    {
        await using var turn = await ScriptedTurn.BeginAsync(host, vendor);
        turn.Answer(Block.Text("ok"));

        await turn.AskAsync(
            [
                new { type = "text", text = "look at these" },
                new { type = "file", mime = "text/plain", filename = "note.txt", url = $"file://{host.Project}/note.txt" },
                new { type = "file", mime = "image/png", filename = "p.png", url = Png },
            ],
            system: "Say DELTA.");

        var sent = Assert.Single(turn.Requests).Body;
        var system = turn.Vendor.System(sent);
        Assert.All([$"Working directory: {host.Project}\n", "Say ALPHA.", "Say DELTA."], text => Assert.Contains(text, system, StringComparison.Ordinal));
        Assert.Contains("look at these", turn.Vendor.LastText(sent), StringComparison.Ordinal);
        Assert.Contains("1: one\n2: two\n", turn.Vendor.LastText(sent), StringComparison.Ordinal);
        Assert.Equal([Png], turn.Vendor.Images(sent));
        var tools = turn.Vendor.Tools(sent).ToDictionary(static tool => tool.Name, static tool => tool.Schema, StringComparer.Ordinal);
        Assert.All(["bash", "read", "write", "edit", "glob", "grep", "list", "todowrite", "todoread", "question", "webfetch", "task", "skill"], name => Assert.Contains(name, tools.Keys));
        Assert.Equal("string", tools["bash"].Text("properties", "command", "type"));
        Assert.Contains("command", tools["bash"].GetProperty("required").EnumerateArray().Select(static key => key.GetString()));
    }

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task Reasoning_and_text_are_streamed_whole_with_usage_and_cost(string vendor)
    {
        await using var turn = await ScriptedTurn.BeginAsync(host, vendor);
        turn.Answer(Block.Reasoning("Let me think \ud83d", "\ude00."), Block.Text("It is \ud83d", "\ude42 and half \ud83d"));

        var answer = await turn.AskAsync("think");

        Assert.Equal("Let me think \U0001F600.", answer.Texts("reasoning"));
        Assert.Equal("It is \U0001F642 and half \uFFFD", answer.Texts("text"));
        Assert.Equal(answer.Texts("reasoning"), turn.Deltas("reasoning"));
        Assert.Equal("It is \U0001F642 and half \uFFFD", turn.Deltas("text"));
        Assert.Equal("stop", answer.Info.Text("finish"));
        Assert.Equal((100, 20, 21.0), (answer.Info.At("tokens", "input")?.GetInt32(), answer.Info.At("tokens", "output")?.GetInt32(), answer.Info.GetProperty("cost").GetDouble()));
        Assert.Equal(["busy", "idle", "session.idle"], turn.Statuses);
    }

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task Two_tools_of_one_answer_run_side_by_side_and_both_results_are_sent_at_once(string vendor)
    {
        await using var turn = await ScriptedTurn.BeginAsync(host, vendor);
        var file = $"{vendor}-second-has-run";

        // The first ends only when the second has run. The second halves a character over two writes, and says something on stderr between them.
        var waits = Command($"until [ -e {file} ]; do sleep 0.05; done; echo first");
        var speaks = Command($"touch {file}; printf '\\360\\237'; sleep 0.2; echo beside >&2; sleep 0.2; printf '\\231\\202'");
        turn.Answer(Block.Text("Both."), Block.Call("call_a", "bash", waits[..9], waits[9..]), Block.Call("call_b", "bash", speaks));
        turn.Answer(Block.Text("Done."));

        var answer = await turn.AskAsync("run both");

        Assert.Equal("Done.", answer.Texts("text"));
        Assert.Equal(2, turn.Requests.Count);
        var results = turn.Vendor.Results(turn.Requests[1].Body);
        Assert.Equal(["call_a", "call_b"], results.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("first", results["call_a"], StringComparison.Ordinal);
        Assert.Contains("\U0001F642", results["call_b"], StringComparison.Ordinal);
        Assert.Contains("beside\n", results["call_b"], StringComparison.Ordinal);
        Assert.DoesNotContain("\uFFFD", results["call_b"], StringComparison.Ordinal);
        Assert.All((await turn.ToolsAsync()).Values, static state => Assert.Equal("completed", state.Text("status")));
        Assert.DoesNotContain(turn.Events, static frame => frame.Json.GetRawText().Contains('\uFFFD') || frame.Data.Contains("\\uFFFD", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task A_task_is_done_by_a_child_with_its_own_tools_and_a_later_call_goes_on_with_it(string vendor)
    {
        await using var turn = await ScriptedTurn.BeginAsync(host, vendor);
        turn.Answer(Block.Call("call_t", "task", TaskOf("look around")));
        turn.Answer(Block.Call("call_b", "bash", Command("echo from the child")));
        turn.Answer(Block.Text("The child has seen it."));
        turn.Answer(Block.Text("Told."));

        var answer = await turn.AskAsync("have it looked at");

        Assert.Equal("Told.", answer.Texts("text"));
        var asked = turn.Requests.Select(static request => request.Body).ToList();
        Assert.Equal("look around", turn.Vendor.LastText(asked[1]));
        Assert.DoesNotContain("task", turn.Vendor.Tools(asked[1]).Select(static tool => tool.Name));
        Assert.Contains("from the child", turn.Vendor.Results(asked[2])["call_b"], StringComparison.Ordinal);
        Assert.Contains("The child has seen it.", turn.Vendor.Results(asked[3])["call_t"], StringComparison.Ordinal);
        var child = (await turn.ToolsAsync())["call_t"].Text("metadata", "sessionId")!;

        turn.Answer(Block.Call("call_u", "task", TaskOf("and again", child)));
        turn.Answer(Block.Text("The child remembers."));
        turn.Answer(Block.Text("Told again."));
        await turn.AskAsync("once more");

        Assert.Contains("The child has seen it.", turn.Requests[5].Body.GetProperty("messages").GetRawText(), StringComparison.Ordinal);
        Assert.Equal(child, (await turn.ToolsAsync())["call_u"].Text("metadata", "sessionId"));
        Assert.Equal(["look around", "and again"], (await host.Server.Api.MessagesAsync(child)).Where(static message => message.Text("info", "role") == "user").Select(static message => message.GetProperty("parts")[0].Text("text")));
    }

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task A_skill_of_the_project_is_offered_loaded_and_called_as_a_command(string vendor)
    {
        await using var turn = await ScriptedTurn.BeginAsync(host, vendor);
        var folder = Path.Combine(host.Project, ".opencode", "skills", $"brew-{vendor}");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "SKILL.md"), $"---\nname: brew-{vendor}\ndescription: Brews tea.\n---\nBoil water, then see steps.txt.\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "steps.txt"), "pour");
        turn.Answer(Block.Call("call_s", "skill", $$"""{"name":"brew-{{vendor}}"}"""));
        turn.Answer(Block.Text("Brewed."));

        await turn.AskAsync("tea, please");

        Assert.Contains($"- brew-{vendor}: Brews tea.", turn.Requests[0].Body.GetProperty("tools").GetRawText(), StringComparison.Ordinal);
        var result = turn.Vendor.Results(turn.Requests[1].Body)["call_s"];
        Assert.All(["Boil water", folder, "steps.txt"], text => Assert.Contains(text, result, StringComparison.Ordinal));
        turn.Answer(Block.Text("Brewed again."));
        await host.Server.Api.PostAsync($"/session/{turn.Session}/command", new { command = $"brew-{vendor}", arguments = "green", model = $"{vendor}-own/m" });
        Assert.Contains("green", turn.Vendor.LastText(turn.Requests[^1].Body), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task Arguments_that_are_no_JSON_and_an_unknown_tool_are_told_to_the_model_which_goes_on(string vendor)
    {
        await using var turn = await ScriptedTurn.BeginAsync(host, vendor);
        turn.Answer(Block.Call("call_a", "bash", "{\"command\": touch no-json"), Block.Call("call_b", "teleport", "{\"to\":\"Mars\"}"), Block.Call("call_c", "bash", "{\"command\":7}"), Block.Call("call_d", "bash", Command("echo right")));
        turn.Answer(Block.Text("Sorry."));

        var answer = await turn.AskAsync("go");

        Assert.Equal("Sorry.", answer.Texts("text"));
        var tools = await turn.ToolsAsync();
        Assert.Equal(["error", "error", "error", "completed"], tools.OrderBy(static tool => tool.Key, StringComparer.Ordinal).Select(static tool => tool.Value.Text("status")));
        var results = turn.Vendor.Results(turn.Requests[1].Body);
        Assert.Contains("JSON", results["call_a"], StringComparison.Ordinal);
        Assert.Contains("teleport", results["call_b"], StringComparison.Ordinal);
        Assert.Contains("bash", results["call_b"], StringComparison.Ordinal); // which there are
        Assert.Contains("command", results["call_c"], StringComparison.Ordinal);
        Assert.Contains("right", results["call_d"], StringComparison.Ordinal);
        Assert.Equal(["busy", "idle", "session.idle"], turn.Statuses);
    }

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task Structured_output_is_demanded_of_the_model_and_ends_the_turn_and_its_lack_is_an_error(string vendor)
    {
        await using var turn = await ScriptedTurn.BeginAsync(host, vendor);
        var schema = new { type = "object", properties = new { name = new { type = "string" } }, required = new[] { "name" } };
        object[] parts = [new { type = "text", text = "who?" }];
        turn.Answer(Block.Call("call_a", "bash", Command("echo A")));
        turn.Answer(Block.Text("So:"), Block.Call("call_b", "StructuredOutput", "{\"name\"", ":\"A\"}"));

        var answer = await turn.AskAsync(parts, format: new { type = "json_schema", schema });

        Assert.Equal("A", answer.Info.Text("structured", "name"));
        Assert.Equal((null, null, null), answer.Error);
        Assert.Equal(["busy", "idle", "session.idle"], turn.Statuses);
        Assert.Contains(turn.Events, frame => frame.Type == "message.updated" && frame.Properties.Text("info", "structured", "name") == "A");
        Assert.Equal("A\n", turn.Vendor.Results(turn.Requests[1].Body)["call_a"]);
        Assert.All(turn.Requests, request =>
        {
            Assert.True(turn.Vendor.DemandsCall(request.Body));
            Assert.Contains("StructuredOutput", turn.Vendor.System(request.Body), StringComparison.Ordinal);
            var tools = turn.Vendor.Tools(request.Body).ToDictionary(static tool => tool.Name, static tool => tool.Schema, StringComparer.Ordinal);
            Assert.Contains("bash", tools.Keys);
            Assert.True(JsonElement.DeepEquals(JsonSerializer.SerializeToElement(schema), tools["StructuredOutput"]));
        });

        turn.Answer(Block.Text("Just A."));
        var lacking = await turn.AskAsync(parts, format: new { type = "json_schema", schema });
        Assert.Equal("StructuredOutputError", lacking.Error.Name);
        Assert.Equal("Just A.", lacking.Texts("text"));

        turn.Answer(Block.Text("A."));
        var inWords = await turn.AskAsync(parts, format: new { type = "text" });
        Assert.Equal((null, null, null), inWords.Error);
        Assert.False(turn.Vendor.DemandsCall(turn.Requests[^1].Body));
        Assert.Equal(4, turn.Requests.Count);
    }

    private static string TaskOf(string prompt, string? child = null) => child is null
        ? JsonSerializer.Serialize(new { description = "Look", prompt, subagent_type = "general" })
        : JsonSerializer.Serialize(new { description = "Look", prompt, subagent_type = "general", task_id = child });

    private static string Command(string line) => JsonSerializer.Serialize(new { command = line, description = "Runs it" });
}
