using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Index;

namespace OpenCode.Actors.Tests.Sessions.Permissions;

public sealed class PermissionTests : SessionsKit
{
    private static readonly PermissionRule[] _askForBash = [new("bash", "*", PermissionAction.Ask)];

    [Fact]
    public async Task A_tool_that_needs_permission_is_asked_for_and_waits()
    {
        var session = await WaitingAsync();

        var request = Assert.Single(await PermissionsAsync());
        Assert.Equal(session.Id, request.SessionId);
        Assert.Equal(["echo permitted"], request.Patterns);
        Assert.Equal(["echo *"], request.Always);
        Assert.Equal("echo permitted", request.Metadata.GetProperty("command").GetString());
        Assert.Equal("c1", request.Tool!.CallId);
        Assert.Equal(["tool pending", "permission.asked", "tool running"], (await StoryAsync())[^3..]);
        Assert.IsType<BusyStatus>(await StatusAsync(session.Id));
        Assert.Empty(Tools.Started);
    }

    [Fact]
    public async Task Once_lets_the_tool_run_and_asks_again_next_time()
    {
        await WaitingAsync();
        var request = Assert.Single(await PermissionsAsync());

        Assert.IsType<RequestAnswered>(await ReplyAsync(request.Id, PermissionAnswer.Once));

        Assert.Single(Tools.Started);
        Assert.Equal("permission.replied once", (await StoryAsync())[^1]);
        Tools.Tool.End("x");
        await RunDryAsync();
        Model.Answer.Bash("c2", "echo again").EndWithCalls();
        await RunDryAsync();
        Assert.Single(await PermissionsAsync());
    }

    [Fact]
    public async Task A_permission_is_answered_exactly_once()
    {
        await WaitingAsync();
        var request = Assert.Single(await PermissionsAsync());
        await ReplyAsync(request.Id, PermissionAnswer.Once);

        Assert.IsType<PermissionNotFound>(await ReplyAsync(request.Id, PermissionAnswer.Once));
        Assert.Empty(await PermissionsAsync());
    }

    [Fact]
    public async Task An_answer_survives_a_power_cut_since_the_tool_runs_after_it()
    {
        await WaitingAsync();
        await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Once);

        var requests = (await LogAsync()).Where(entry => entry.Type.StartsWith("permission.", StringComparison.Ordinal)).ToList();
        Assert.Equal([EventTypes.PermissionAsked, EventTypes.PermissionReplied], requests.Select(entry => entry.Type));
        Assert.All(requests, entry => Assert.True(entry.Durable));
    }

    [Fact]
    public async Task The_route_of_another_session_does_not_answer_a_permission()
    {
        await WaitingAsync();
        var other = await CreateAsync();
        var request = Assert.Single(await PermissionsAsync());

        Assert.IsType<PermissionNotFound>(await ReplyAsync(request.Id, PermissionAnswer.Once, session: other.Id));
        Assert.IsType<RequestAnswered>(await ReplyAsync(request.Id, PermissionAnswer.Once, session: request.SessionId));
    }

    [Fact]
    public async Task Always_is_remembered_for_the_location_until_a_restart_as_the_dialog_says()
    {
        await WaitingAsync();
        await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Always);
        Tools.Tool.End("x");
        await RunDryAsync();
        Model.Answer.Say("Done.").End();
        await RunDryAsync();
        var started = Tools.Started.Count;
        await BashAsync(await CreateAsync(permission: _askForBash), "c9", "echo other words");

        Assert.Empty(await PermissionsAsync());
        Assert.Equal(started + 1, Tools.Started.Count);
        Tools.Tool.End("x");
        await RunDryAsync();
        Model.Answer.Say("Done.").End();
        await RunDryAsync();

        await KillAndStartAsync();
        await BashAsync(await CreateAsync(permission: _askForBash), "c10", "echo other words");

        Assert.Single(await PermissionsAsync());
        Assert.Empty(Setup.Learned.Of(Directory));
    }

    [Fact]
    public async Task After_a_restart_its_own_session_asks_again_and_learns_anew_and_leaves_no_row_when_it_is_deleted()
    {
        var session = await CreateAsync(permission: _askForBash);
        foreach (var isNew in (bool[])[false, true])
        {
            if (isNew)
                await KillAndStartAsync();
            foreach (var (call, command) in isNew ? [("c4", "echo four")] : ((string, string)[])[("c1", "echo one"), ("c2", "ls two"), ("c3", "pwd three")])
            {
                await BashAsync(session, call, command);
                await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Always);
                Tools.Tool.End("x");
                await RunDryAsync();
                Model.Answer.Say("Done.").End();
                await RunDryAsync();
            }
        }

        Assert.Equal("echo *", Assert.Single(Setup.Learned.Of(Directory)).Pattern);
        await AskAsync<Deleted>(Index, new IndexQuery.Delete(session.Id));
        Assert.Empty(await RowsAsync(session.Id));
    }

    [Fact]
    public async Task Always_also_lets_go_what_waits_for_the_same()
    {
        var session = await CreateAsync(permission: _askForBash);
        await PromptAsync(session.Id);
        Model.Answer.Bash("c1", "echo one").Bash("c2", "echo two").Bash("c3", "ls").EndWithCalls();
        await RunDryAsync();
        var requests = await PermissionsAsync();
        Assert.Equal(3, requests.Count);

        await ReplyAsync(requests[0].Id, PermissionAnswer.Always);

        Assert.Equal(["ls"], Assert.Single(await PermissionsAsync()).Patterns);
        Assert.Equal(["c1", "c2"], Tools.Started.Select(tool => tool.Call.CallId));
    }

    [Fact]
    public async Task What_a_call_needs_is_asked_for_one_after_the_other_also_over_a_crash()
    {
        Config.Rules = [new("bash", "*", PermissionAction.Ask), new("external_directory", "*", PermissionAction.Ask)];
        await PromptAsync((await CreateAsync()).Id);
        Model.Answer.Bash("c1", "cat /etc/passwd").EndWithCalls();
        await RunDryAsync();
        var outside = Assert.Single(await PermissionsAsync());
        Assert.Equal(("external_directory", "/etc/*"), (outside.Permission, outside.Patterns[0]));

        await KillAndStartAsync();
        await ReplyAsync(outside.Id, PermissionAnswer.Once);
        var bash = Assert.Single(await PermissionsAsync());
        Assert.Equal(("bash", "cat /etc/passwd"), (bash.Permission, bash.Patterns[0]));
        Assert.Empty(Tools.Started);

        await KillAndStartAsync();
        await ReplyAsync(bash.Id, PermissionAnswer.Once);
        Assert.Single(Tools.Started);
    }

    [Fact]
    public async Task What_a_rule_denies_is_not_asked_about_first()
    {
        Config.Rules = [new("bash", "rm *", PermissionAction.Deny), new("external_directory", "*", PermissionAction.Ask)];
        await PromptAsync((await CreateAsync()).Id);
        Model.Answer.Bash("c1", "rm /etc/passwd").EndWithCalls();
        await RunDryAsync();

        Assert.Empty(await PermissionsAsync());
        Assert.Empty(Tools.Started);
    }

    [Fact]
    public async Task Always_stores_a_pattern_for_each_simple_command()
    {
        var session = await CreateAsync(permission: _askForBash);
        await PromptAsync(session.Id);
        Model.Answer.Bash("c1", "git status --short && touch a").Bash("c2", "touch b; git status").Bash("c3", "touch c; rm d").EndWithCalls();
        await RunDryAsync();
        var requests = await PermissionsAsync();
        Assert.Equal(["git status *", "touch *"], requests[0].Always);

        await ReplyAsync(requests[0].Id, PermissionAnswer.Always);

        Assert.Equal(["c1", "c2"], Tools.Started.Select(tool => tool.Call.CallId));
        var left = Assert.Single(await PermissionsAsync());
        Assert.Equal(["touch c", "rm d"], left.Patterns);
    }

    [Fact]
    public async Task Reject_with_a_message_tells_the_model_and_the_turn_goes_on()
    {
        var session = await WaitingAsync();

        await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Reject, "not now");

        var result = Assert.IsType<ToolResult>(Model.Requests[1].Messages[^1]);
        Assert.EndsWith("with the following feedback: not now", result.Output, StringComparison.Ordinal);
        Assert.IsType<BusyStatus>(await StatusAsync(session.Id));
    }

    [Fact]
    public async Task Reject_without_a_message_ends_the_turn()
    {
        var session = await WaitingAsync();
        var before = Journal.Head;

        await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Reject);

        Assert.Equal(
            ["permission.replied reject", "tool error", "step-finish", "assistant finish=tool-calls", "assistant finish=tool-calls completed", "session.updated", "status idle", "idle"],
            await StoryAsync(before));
        Assert.Single(Model.Requests);
        Assert.IsType<IdleStatus>(await StatusAsync(session.Id));
    }

    [Fact]
    public async Task A_permission_is_still_pending_after_a_crash_and_its_answer_goes_on_as_if_nothing_had_happened()
    {
        var session = await WaitingAsync();
        var request = Assert.Single(await PermissionsAsync());
        var before = Journal.Head;

        await KillAndStartAsync();

        Assert.Equal(request.Id, Assert.Single(await PermissionsAsync()).Id);
        Assert.IsType<BusyStatus>(await StatusAsync(session.Id));
        Assert.IsType<ToolRunning>(Tool((await MessagesAsync(session.Id))[1]).State);
        Assert.Empty(await StoryAsync(before));

        await ReplyAsync(request.Id, PermissionAnswer.Once);
        Tools.Tool.End("x");
        await RunDryAsync();
        Model.Answer.Say("Done.").End();

        Assert.Equal(["status idle", "idle"], (await StoryAsync())[^2..]);
        Assert.Equal("Done.", Text((await MessagesAsync(session.Id))[^1]));
    }

    [Fact]
    public async Task A_tool_that_ran_beside_one_that_waits_closes_the_turn_and_withdraws_the_request()
    {
        Config.Rules = [new("bash", "rm *", PermissionAction.Ask)];
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Bash("c1", "rm x").Bash("c2", "sleep 1000").EndWithCalls();
        await RunDryAsync();
        Tools.Tool.Begin(group: 42);
        await RunDryAsync();
        var before = Journal.Head;

        await KillAndStartAsync();

        Assert.Equal(42, Assert.Single(Tools.Killed).GroupId);
        Assert.Empty(await PermissionsAsync());
        Assert.Equal(
            ["permission.replied reject", "tool error", "tool error", "assistant error=MessageAbortedError completed", "error MessageAbortedError", "status idle", "idle"],
            await StoryAsync(before));
    }

    [Fact]
    public async Task Abort_withdraws_what_waits()
    {
        var session = await WaitingAsync();
        var before = Journal.Head;

        await AskAsync<Aborted>(session.Id, new Abort());

        Assert.Empty(await PermissionsAsync());
        Assert.Equal(
            ["permission.replied reject", "tool error", "assistant error=MessageAbortedError completed", "error MessageAbortedError", "status idle", "idle"],
            await StoryAsync(before));
    }

    private async Task BashAsync(Session session, string call, string command)
    {
        await PromptAsync(session.Id);
        Model.Answer.Bash(call, command).EndWithCalls();
        await RunDryAsync();
    }

    private async Task<Session> WaitingAsync()
    {
        var session = await CreateAsync(permission: _askForBash);
        await PromptAsync(session.Id);
        Model.Answer.Bash("c1", "echo permitted").EndWithCalls();
        await RunDryAsync();
        return session;
    }
}
