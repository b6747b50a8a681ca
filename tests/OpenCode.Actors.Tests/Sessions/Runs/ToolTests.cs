using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Index;

namespace OpenCode.Actors.Tests.Sessions.Runs;

public sealed class ToolTests : SessionsKit
{
    [Fact]
    public async Task A_tool_turn_tells_the_events_of_the_trace_prompt_bash_in_order()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id, "BASH");
        var before = Journal.Head;

        Model.Answer.Bash("c1", "echo one").EndWithCalls();
        await RunDryAsync();
        Tools.Tool.Output("");
        Tools.Tool.Output("one\n");
        Tools.Tool.End("one\n");
        await RunDryAsync();
        Model.Answer.Say("Done.").End();

        Assert.Equal(
            [
                "step-start", "tool pending", "tool running", "tool running", "tool running", "tool completed",
                "step-finish", "assistant finish=tool-calls", "assistant finish=tool-calls completed", "session.updated", "assistant",
                "step-start", "text ''", "delta 'Done.'", "text 'Done.' end",
                "step-finish", "assistant finish=stop", "assistant finish=stop completed", "session.updated", "status idle", "idle",
            ],
            await StoryAsync(before));
        var result = Assert.IsType<ToolResult>(Model.Requests[1].Messages[^1]);
        Assert.Equal(("one\n", false), (result.Output, result.IsError));
    }

    [Fact]
    public async Task A_tool_reports_again_only_when_its_report_is_durable()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Bash("c1", "x").EndWithCalls();
        await RunDryAsync();

        Disk.HoldSyncs();
        Tools.Tool.Output("a");
        await RunDryAsync();
        Assert.Equal(0, Tools.Tool.Continues);

        Disk.ReleaseSyncs();
        await RunDryAsync();
        Assert.Equal(1, Tools.Tool.Continues);
    }

    [Fact]
    public async Task A_tool_that_breaks_down_is_an_error_of_its_part_and_the_turn_goes_on()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Bash("c1", "x").EndWithCalls();
        await RunDryAsync();

        Tools.Tool.Crash();
        await RunDryAsync();
        Model.Answer.Say("Pity.").End();
        await RunDryAsync();

        var messages = await MessagesAsync(session.Id);
        Assert.IsType<ToolError>(Tool(messages[1]).State);
        Assert.Equal("Pity.", Text(messages[2]));
    }

    [Fact]
    public async Task An_unknown_tool_is_an_error_that_names_the_known_ones()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);

        Model.Answer.Call("c1", "teleport", "{}").EndWithCalls();
        await RunDryAsync();

        var error = Assert.IsType<ToolError>(Tool((await MessagesAsync(session.Id))[1]).State);
        Assert.Contains("bash", error.Error, StringComparison.Ordinal);
        Assert.Equal(2, Model.Requests.Count);
    }

    [Fact]
    public async Task Two_calls_of_one_step_run_side_by_side_and_the_step_ends_with_the_last()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Bash("c1", "one").Bash("c2", "two").EndWithCalls();
        await RunDryAsync();
        Assert.Equal(2, Tools.Started.Count);

        Tools.Started[1].End("2");
        await RunDryAsync();
        Assert.Single(Model.Requests);

        Tools.Started[0].End("1");
        await RunDryAsync();
        Assert.Equal(2, Model.Requests.Count);
    }

    [Theory]
    [InlineData("c1")]
    [InlineData("")]
    public async Task Two_calls_with_one_id_have_a_result_each(string id)
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Bash(id, "one").Bash(id, "two").EndWithCalls();
        await RunDryAsync();

        Tools.Started[1].End("2");
        Tools.Started[0].End("1");
        await RunDryAsync();

        var told = Model.Requests[1].Messages;
        var calls = told.OfType<AssistantTurn>().Last().Calls;
        Assert.Equal(["1", "2"], told.OfType<ToolResult>().Select(static result => result.Output));
        Assert.Equal(calls.Select(static call => call.CallId), told.OfType<ToolResult>().Select(static result => result.CallId));
        Assert.Equal(2, calls.Select(static call => call.CallId).Where(static name => name.Length > 0).Distinct().Count());
    }

    [Fact]
    public async Task A_stream_that_breaks_after_a_call_is_not_repeated_because_the_call_was_made()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Bash("c1", "rm x").Fail(new ModelException("cut", retryable: true));
        await RunDryAsync();

        Tools.Tool.End("gone");
        await RunDryAsync();

        Assert.Single(Tools.Started);
        Assert.Equal(2, Model.Requests.Count);
        Assert.Equal("gone", Assert.IsType<ToolResult>(Model.Requests[1].Messages[^1]).Output);
    }

    [Fact]
    public async Task A_command_of_the_user_tells_the_events_of_the_trace_shell()
    {
        var session = await CreateAsync();
        var before = Journal.Head;
        var accepted = await AskAsync<PromptAccepted>(session.Id, new RunShell(new("ls", "build")));
        Assert.IsType<BusyStatus>(await StatusAsync(session.Id));
        Tools.Tool.Output("a\n");
        Tools.Tool.End("a\n");
        await RunDryAsync();

        Assert.Equal(
            [
                "session.updated", "status busy", "user", "text 'The user ran the following command.'", "session.updated", "assistant", "tool running",
                "tool running", "tool completed", "assistant completed", "status idle", "idle",
            ],
            await StoryAsync(before));
        var ended = await EndOfAsync(session.Id, accepted);
        Assert.IsType<ToolCompleted>(Tool(ended.Message).State);
        Assert.Empty(Model.Requests);
    }

    [Fact]
    public async Task A_prompt_during_a_command_of_the_user_is_answered_in_the_same_turn()
    {
        var session = await CreateAsync();
        await AskAsync<PromptAccepted>(session.Id, new RunShell(new("ls", "build")));
        await AskAsync<SessionBusy>(session.Id, new RunShell(new("ls", "build")));
        await PromptAsync(session.Id, "and?");

        Tools.Tool.End("a");
        await RunDryAsync();
        Model.Answer.Say("So.").End();

        Assert.Single(await StoryAsync(), "idle");
        Assert.Equal("So.", Text((await MessagesAsync(session.Id))[^1]));
    }

    [Fact]
    public async Task Deny_refuses_the_tool_and_the_model_is_told_why()
    {
        Config.Rules = [new("bash", "*", PermissionAction.Ask), new("bash", "rm *", PermissionAction.Deny)];
        var session = await CreateAsync();
        await PromptAsync(session.Id);

        Model.Answer.Bash("c1", "rm -rf x").EndWithCalls();
        await RunDryAsync();

        Assert.Empty(Tools.Started);
        Assert.Empty((await AskAsync<IndexQuery.Permissions>(Index, new IndexQuery.ListPermissions())).Requests);
        Assert.True(Assert.IsType<ToolResult>(Model.Requests[1].Messages[^1]).IsError);
    }
}
