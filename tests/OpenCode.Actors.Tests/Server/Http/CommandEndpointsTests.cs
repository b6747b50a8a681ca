using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Tests.Server.Config;

namespace OpenCode.Actors.Tests.Server.Http;

public sealed class CommandEndpointsTests
{
    private const string Config = """
        {
          "command": {
            "hi": { "template": "Greet $1 warmly", "description": "Greets." },
            "log": { "template": "Log: !`git log -n $1` end" },
            "bad": { "template": "!`git log` and !`rm -rf x`" },
            "ask": { "template": "!`git push`" },
            "broken": { "template": "!`exit 3`" },
            "child": { "template": "x", "subtask": true },
            "empty": { "template": "$1", "subtask": true },
            "explored": { "template": "x", "agent": "explore" },
            "ghost": { "template": "x", "agent": "nobody" },
            "plans": { "template": "@explore look", "agent": "plan", "model": "fake/echo" }
          },
          "permission": { "bash": { "*": "allow", "rm *": "deny", "git push*": "ask" } }
        }
        """;

    [Fact]
    public async Task A_command_is_a_prompt_of_its_template_and_its_end_is_told()
    {
        await using var server = await ServerKit.StartAsync(config: Config);
        var session = await server.SessionAsync();
        using var stream = new SseClient(await server.RespondAsync("GET", "/event"));

        var (status, body) = await RunAsync(server, session, "hi", "Bob");
        var told = (await stream.UntilAsync("command.executed"))[^1];

        Assert.Equal((200, "assistant"), (status, body.GetProperty("info").GetProperty("role").GetString()));
        Assert.Contains("You said: Greet Bob warmly", body.GetRawText(), StringComparison.Ordinal);
        var properties = JsonElement.Parse(told.Data).GetProperty("properties");
        Assert.Equal(
            ("hi", session, "Bob", body.GetProperty("info").GetProperty("id").GetString()),
            (properties.GetProperty("name").GetString(), properties.GetProperty("sessionID").GetString(), properties.GetProperty("arguments").GetString(), properties.GetProperty("messageID").GetString()));
    }

    [Fact]
    public async Task The_list_has_the_built_in_commands_too_and_they_run()
    {
        await using var server = await ServerKit.StartAsync(config: Config);
        var session = await server.SessionAsync();

        server.Models.Release(); // the word that holds the fake model is in the prompt
        var listed = (await server.SendAsync("GET", "/command")).Body.EnumerateArray().Select(static command => command.GetProperty("name").GetString()).ToList();
        var (status, body) = await RunAsync(server, session, "init", "Use tabs.");

        Assert.Equal(["init", "review", "hi"], listed[..3]);
        Assert.Equal(200, status);
        Assert.Contains("Use tabs.", body.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nope", "there is no command 'nope' here")]
    [InlineData("empty", "needs a prompt")]
    [InlineData("ghost", "agent")]
    [InlineData("bad", "forbids 'rm -rf x'")]
    [InlineData("ask", "ask about 'git push'")]
    public async Task What_cannot_be_done_is_400_by_name_and_runs_and_stores_nothing(string command, string reason)
    {
        var processes = new EchoProcesses();
        await using var server = await ServerKit.StartAsync(config: Config, services: s => s.Replace(ServiceDescriptor.Singleton<IProcessHost>(processes)));
        var session = await server.SessionAsync();

        var (status, body) = await RunAsync(server, session, command, "");

        Assert.Equal(400, status);
        Assert.Contains(reason, JsonSerializer.Serialize(body, JsonSerializerOptions.Default).Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Empty(processes.Commands);
        Assert.Equal(0, (await server.SendAsync("GET", $"/session/{session}/message")).Body.GetArrayLength());
    }

    [Theory]
    [InlineData("command", "{'command':'nope','arguments':''}", "there is no command 'nope' here")]
    [InlineData("command", "{'command':'ask','arguments':''}", "ask about 'git push'")]
    [InlineData("command", "{'command':'hi','arguments':'','agent':'nobody'}", "there is no agent 'nobody' here")]
    [InlineData("command", "{'command':'hi','arguments':'','variant':'nope'}", "variant: 'nope'")]
    [InlineData("shell", "{'agent':'nobody','command':'ls'}", "there is no agent 'nobody' here")]
    [InlineData("summarize", "{'providerID':'no','modelID':'such'}", "no/such")]
    [InlineData("prompt_async", "{'agent':'nobody','parts':[{'type':'text','text':'x'}]}", "there is no agent 'nobody' here")]
    public async Task What_terminals_ask_for_without_reading_the_answer_is_refused_on_the_stream_too(string route, string body, string reason)
    {
        await using var server = await ServerKit.StartAsync(config: Config);
        var session = await server.SessionAsync();
        using var stream = new SseClient(await server.RespondAsync("GET", "/event"));

        var (status, answer) = await server.SendAsync("POST", $"/session/{session}/{route}", body.Replace('\'', '"'));
        var told = JsonElement.Parse((await stream.UntilAsync("session.error"))[^1].Data).GetProperty("properties");

        Assert.Equal((400, session), (status, told.GetProperty("sessionID").GetString()));
        var message = told.GetProperty("error").GetProperty("data").GetProperty("message").GetString();
        Assert.Equal(answer.GetProperty("data").GetProperty("message").GetString(), message);
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("command", "{'command':'nope','arguments':''}", "there is no command 'nope' here")]
    [InlineData("command", "{'command':'bad','arguments':''}", "forbids 'rm -rf x'")]
    [InlineData("command", "{'command':'hi','arguments':'','agent':'nobody'}", "there is no agent 'nobody' here")]
    [InlineData("summarize", "{'providerID':'no','modelID':'such'}", "no/such")]
    [InlineData("prompt_async", "{'agent':'nobody','parts':[{'type':'text','text':'x'}]}", "there is no agent 'nobody' here")]
    [InlineData("shell", "{'agent':'nobody','command':'ls'}", null)]
    [InlineData("shell", "{'agent':'build','command':'ls'}", null)]
    public async Task While_a_turn_runs_a_refusal_is_no_error_of_the_session(string route, string body, string? toast)
    {
        await using var server = await ServerKit.StartAsync(config: Config);
        var session = await server.SessionAsync();
        using var stream = new SseClient(await server.RespondAsync("GET", "/event"));
        await server.SendAsync("POST", $"/session/{session}/prompt_async", """{"parts":[{"type":"text","text":"hold"}]}""");

        var (status, answer) = await server.SendAsync("POST", $"/session/{session}/{route}", body.Replace('\'', '"'));
        server.Models.Release();
        var told = await stream.UntilAsync("session.idle");

        Assert.Equal(toast is null ? 409 : 400, status);
        Assert.DoesNotContain(told, static one => one.Data.Contains("session.error", StringComparison.Ordinal));
        var toasts = told.Where(static one => one.Data.Contains("tui.toast.show", StringComparison.Ordinal)).Select(static one => JsonElement.Parse(one.Data).GetProperty("properties").GetProperty("message").GetString());
        if (toast is null)
        {
            Assert.Empty(toasts);
            return;
        }

        var message = Assert.Single(toasts)!;
        Assert.Equal(answer.GetProperty("data").GetProperty("message").GetString(), message);
        Assert.Contains(toast, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fake")]
    [InlineData("fake/")]
    [InlineData("/echo")]
    public async Task Half_a_models_name_is_400_and_stores_nothing(string model)
    {
        await using var server = await ServerKit.StartAsync(config: Config);
        var session = await server.SessionAsync();

        var (status, body) = await server.SendAsync("POST", $"/session/{session}/command", $$"""{"command":"child","arguments":"","model":"{{model}}"}""");

        Assert.Equal(400, status);
        Assert.Contains("give provider/model", body.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(0, (await server.SendAsync("GET", $"/session/{session}/message")).Body.GetArrayLength());
    }

    [Theory]
    [InlineData("command", "{'command':'hi','arguments':''}")]
    [InlineData("shell", "{'agent':'build','command':'ls'}")]
    [InlineData("summarize", "{'providerID':'fake','modelID':'echo'}")]
    [InlineData("prompt_async", "{'parts':[{'type':'text','text':'x'}]}")]
    public async Task The_mistakes_of_a_file_that_was_edited_since_the_start_are_on_the_stream_too(string route, string body)
    {
        var files = new FakeConfigSource();
        await using var server = await ServerKit.StartAsync(config: Config, files: files);
        var session = await server.SessionAsync();
        using var stream = new SseClient(await server.RespondAsync("GET", "/event"));

        files.Files["/proj/opencode.json"] = """{"permission":{"edit":"maybe"}}""";
        var (status, _) = await server.SendAsync("POST", $"/session/{session}/{route}", body.Replace('\'', '"'));

        Assert.Equal(400, status);
        Assert.Contains("permission.edit", (await stream.UntilAsync("session.error"))[^1].Data, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("child", "build", "fake/echo")]
    [InlineData("explored", "explore", "fake/echo")]
    public async Task A_command_of_a_subagent_or_with_subtask_is_done_by_a_child(string command, string agent, string model)
    {
        await using var server = await ServerKit.StartAsync(config: Config);
        var session = await server.SessionAsync();
        server.Models.Release();

        var (status, body) = await server.SendAsync("POST", $"/session/{session}/command", $$"""{"command":"{{command}}","arguments":"","model":"{{model}}"}""");
        var messages = (await server.SendAsync("GET", $"/session/{session}/message")).Body;

        Assert.Equal((200, "build"), (status, body.GetProperty("info").GetProperty("agent").GetString()));
        var task = messages[0].GetProperty("parts")[0];
        Assert.Equal(("subtask", "x", agent, command), (task.GetProperty("type").GetString(), task.GetProperty("prompt").GetString(), task.GetProperty("agent").GetString(), task.GetProperty("command").GetString()));
        Assert.Equal("echo", task.GetProperty("model").GetProperty("modelID").GetString());
        Assert.Equal(agent, messages[1].GetProperty("info").GetProperty("agent").GetString());
        Assert.Equal("task", messages[1].GetProperty("parts")[0].GetProperty("tool").GetString());
    }

    [Fact]
    public async Task Init_is_the_command_of_that_name_and_answers_true_at_its_end()
    {
        await using var server = await ServerKit.StartAsync(config: Config);
        var session = await server.SessionAsync();
        server.Models.Release();

        var (status, body) = await server.SendAsync("POST", $"/session/{session}/init", """{"messageID":"msg_0001","providerID":"fake","modelID":"echo"}""");
        var messages = (await server.SendAsync("GET", $"/session/{session}/message")).Body;

        Assert.Equal((200, JsonValueKind.True), (status, body.ValueKind));
        Assert.Equal("msg_0001", messages[0].GetProperty("info").GetProperty("id").GetString());
        Assert.Contains("AGENTS.md", messages[0].GetRawText(), StringComparison.Ordinal);
        Assert.Equal(400, (await server.SendAsync("POST", $"/session/{session}/init", """{"providerID":"fake","modelID":"echo"}""")).Status);
    }

    [Theory]
    [InlineData("log", "2", "Log: [git log -n 2] end")]
    [InlineData("broken", "", "[exit 3]\\n(This command ended with exit code 3. )")]
    public async Task What_a_shell_line_writes_takes_its_place(string command, string arguments, string text)
    {
        await using var server = await ServerKit.StartAsync(config: Config, services: static s => s.Replace(ServiceDescriptor.Singleton<IProcessHost>(new EchoProcesses())));
        var session = await server.SessionAsync();

        var (status, body) = await RunAsync(server, session, command, arguments);

        Assert.Equal(200, status);
        Assert.Contains($"You said: {text}", body.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rule_of_the_session_forbids_a_shell_line_too()
    {
        var processes = new EchoProcesses();
        await using var server = await ServerKit.StartAsync(config: Config, services: s => s.Replace(ServiceDescriptor.Singleton<IProcessHost>(processes)));
        var session = (await server.SendAsync("POST", "/session", """{"permission":[{"permission":"bash","pattern":"git log*","action":"deny"}]}""")).Body.GetProperty("id").GetString()!;

        var (status, _) = await RunAsync(server, session, "log", "2");

        Assert.Equal(400, status);
        Assert.Empty(processes.Commands);
    }

    [Fact]
    public async Task The_same_message_id_is_answered_as_the_first_time_and_runs_nothing_again()
    {
        var processes = new EchoProcesses();
        await using var server = await ServerKit.StartAsync(config: Config, services: s => s.Replace(ServiceDescriptor.Singleton<IProcessHost>(processes)));
        var session = await server.SessionAsync();
        const string Body = """{"command":"log","arguments":"2","messageID":"msg_0001"}""";

        var first = await server.SendAsync("POST", $"/session/{session}/command", Body);
        var second = await server.SendAsync("POST", $"/session/{session}/command", Body);

        Assert.Equal((200, 200), (first.Status, second.Status));
        Assert.Equal(first.Body.GetProperty("info").GetProperty("id").GetString(), second.Body.GetProperty("info").GetProperty("id").GetString());
        Assert.Single(processes.Commands);
    }

    [Fact]
    public async Task Agent_and_model_of_a_command_go_before_those_of_the_client_and_agents_are_named_by_an_at()
    {
        await using var server = await ServerKit.StartAsync(config: Config);
        var session = await server.SessionAsync();

        server.Models.Release(); // the word that holds the fake model is in the prompt
        var (status, _) = await server.SendAsync("POST", $"/session/{session}/command", """{"command":"plans","arguments":"","agent":"build","model":"other/one"}""");
        var asked = (await server.SendAsync("GET", $"/session/{session}/message")).Body[0];

        Assert.Equal((200, "plan"), (status, asked.GetProperty("info").GetProperty("agent").GetString()));
        Assert.Contains(asked.GetProperty("parts").EnumerateArray(), static part => part.GetProperty("type").GetString() == "agent");
    }

    [Theory]
    [InlineData("""{"command":"hi"}""")]
    [InlineData("""{"command":"hi","arguments":"","model":"echo"}""")]
    [InlineData("""{"command":"hi","arguments":"","parts":[{"type":"text","text":"x"}]}""")]
    public async Task A_wrong_body_is_400(string body)
    {
        await using var server = await ServerKit.StartAsync(config: Config);

        Assert.Equal(400, (await server.SendAsync("POST", $"/session/{await server.SessionAsync()}/command", body)).Status);
    }

    private static Task<(int Status, JsonElement Body)> RunAsync(ServerKit server, string session, string command, string arguments) =>
        server.SendAsync("POST", $"/session/{session}/command", JsonSerializer.Serialize(new Dictionary<string, string>(StringComparer.Ordinal) { ["command"] = command, ["arguments"] = arguments }));
}
