using Akka.Actor;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Sessions.Nodes;

/// <summary>Rule "Running turns are not moved": a turn that has called no model and run no tool moves with its session, and the next owner begins it.</summary>
public sealed class HeldTurnTests : HandOverKit
{
    [Fact]
    public async Task A_prompt_to_a_node_that_drains_is_taken_and_its_turn_is_begun_by_the_next_owner()
    {
        var session = await CreateAsync();
        Drain.Begin();

        var accepted = await PromptAsync(session.Id);
        Assert.True(accepted.IsOpen);
        Assert.IsType<BusyStatus>(await StatusAsync(session.Id));
        Assert.Empty(Model.Requests);
        var before = Journal.Head;
        await HandOverAsync(session.Id);

        Assert.Empty(await StoryAsync(before)); // Nothing is closed, and nothing is said twice.
        Assert.Equal("hello", Assert.IsType<UserTurn>(Assert.Single(Assert.Single(Model.Requests).Messages)).Text);
        Model.Answer.Say("answer").End();
        await RunDryAsync();
        Assert.Equal("answer", Text((await EndOfAsync(session.Id, accepted)).Message));
    }

    [Fact]
    public async Task A_turn_whose_opening_is_under_way_when_the_drain_begins_is_not_begun_either()
    {
        var session = await CreateAsync();
        Faulty.Hold();
        var prompt = Begin(session.Id, Prompt("hello"));
        await RunDryAsync();
        Drain.Begin();
        Faulty.Release();
        await RunDryAsync();

        Assert.True(Assert.IsType<PromptAccepted>(await prompt).IsOpen);
        Assert.Empty(Model.Requests);
        await HandOverAsync(session.Id);
        Assert.Single(Model.Requests);
    }

    [Fact]
    public async Task A_turn_whose_opening_is_under_way_at_the_hand_off_is_not_closed()
    {
        var session = await CreateAsync();
        var actor = await FindAsync(session.Id);
        Faulty.Hold();
        var prompt = Begin(session.Id, Prompt("hello"));
        await RunDryAsync();
        actor.Tell(new Leave());
        await RunDryAsync();

        Faulty.Release();
        await RunDryAsync();

        Assert.True(Assert.IsType<PromptAccepted>(await prompt).IsOpen);
        Assert.DoesNotContain("idle", await StoryAsync());
        await AskAsync<Awake>(session.Id, new Wake());
        Assert.Single(Model.Requests);
    }

    [Fact]
    public async Task A_command_of_the_users_is_started_by_the_next_owner()
    {
        var session = await CreateAsync();
        Drain.Begin();
        await AskAsync<PromptAccepted>(session.Id, new RunShell(new Shell("ls", "build")));
        Assert.Empty(Tools.Started);

        await HandOverAsync(session.Id);

        Assert.Single(Tools.Started);
        Tools.Tool.End("out");
        await RunDryAsync();
        Assert.Equal("out", Assert.IsType<ToolCompleted>(Tool((await MessagesAsync(session.Id))[1]).State).Output);
        Assert.IsType<IdleStatus>(await StatusAsync(session.Id));
    }

    [Fact]
    public async Task An_answer_to_a_turn_that_waits_for_its_user_is_taken_and_the_tool_started_by_the_next_owner()
    {
        var session = await CreateAsync(permission: AskForBash);
        await CallAsync(session.Id, "echo permitted");
        Drain.Begin();

        Assert.IsType<RequestAnswered>(await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Once));
        Assert.Empty(Tools.Started);
        await HandOverAsync(session.Id);

        Assert.Single(Tools.Started);
        Tools.Tool.End("x");
        await RunDryAsync();
        Model.Answer.Say("done").End();
        await RunDryAsync();
        Assert.Equal("done", Text((await MessagesAsync(session.Id))[^1]));
    }

    [Fact]
    public async Task A_call_that_was_granted_is_judged_anew_by_the_next_owner()
    {
        var session = await CreateAsync(permission: AskForBash);
        await CallAsync(session.Id, "echo permitted");
        Drain.Begin();
        await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Once);
        await AskAsync<Updated>(session.Id, new Update(new UpdateSession { Permission = [new PermissionRule("bash", "echo *", PermissionAction.Deny)] }));

        await HandOverAsync(session.Id);

        Assert.Empty(Tools.Started);
        Assert.Contains("forbids", Model.Requests[^1].Messages.OfType<ToolResult>().Single().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_held_call_needs_beyond_what_was_granted_is_asked_for_by_the_next_owner()
    {
        Paths.Links["/proj/project/link"] = "/proj/project/in";
        var session = await CreateAsync(permission: AskForBash);
        await CallAsync(session.Id, "cat link/x");
        Drain.Begin();
        await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Once);
        Paths.Links["/proj/project/link"] = "/etc";

        await HandOverAsync(session.Id);

        var request = Assert.Single(await PermissionsAsync());
        Assert.Equal(("external_directory", "/etc/*"), (request.Permission, request.Patterns[0]));
        Assert.Empty(Tools.Started);
        await ReplyAsync(request.Id, PermissionAnswer.Once);
        Assert.Single(Tools.Started);
    }

    [Fact]
    public async Task A_refusal_with_feedback_is_told_to_the_model_by_the_next_owner()
    {
        var session = await CreateAsync(permission: AskForBash);
        await CallAsync(session.Id, "rm x");
        Drain.Begin();

        await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Reject, "keep it");
        Assert.Single(Model.Requests);
        await HandOverAsync(session.Id);

        Assert.Equal(2, Model.Requests.Count);
        Assert.Contains("keep it", Model.Requests[1].Messages.OfType<ToolResult>().Single().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_waits_for_the_user_beside_what_was_answered_waits_on()
    {
        var session = await CreateAsync(permission: AskForBash);
        await PromptAsync(session.Id);
        Model.Answer.Bash("c1", "echo one").Bash("c2", "echo two").EndWithCalls();
        await RunDryAsync();
        Drain.Begin();
        await ReplyAsync((await PermissionsAsync())[0].Id, PermissionAnswer.Once);
        await HandOverAsync(session.Id);

        Assert.Equal("c1", Assert.Single(Tools.Started).Call.CallId);
        Assert.IsType<RequestAnswered>(await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Once));
        await RunDryAsync();
        Assert.Equal(["c1", "c2"], Tools.Started.Select(static tool => tool.Call.CallId));
    }

    [Fact]
    public async Task Prompts_to_a_held_turn_wait_for_its_second_step()
    {
        var session = await CreateAsync();
        Drain.Begin();
        var first = await PromptAsync(session.Id, "one");
        var second = await PromptAsync(session.Id, "two");
        await HandOverAsync(session.Id);

        Assert.Single(Assert.Single(Model.Requests).Messages);
        Model.Answer.Say("to one").End();
        await RunDryAsync();
        Assert.Equal(2, Model.Requests.Count);
        Model.Answer.Say("to two").End();
        await RunDryAsync();

        Assert.Equal("to one", Text((await EndOfAsync(session.Id, first)).Message));
        Assert.Equal("to two", Text((await EndOfAsync(session.Id, second)).Message));
    }

    [Fact]
    public async Task A_held_turn_can_be_aborted()
    {
        var session = await CreateAsync();
        Drain.Begin();
        await PromptAsync(session.Id);

        await AskAsync<Aborted>(session.Id, new Abort());

        Assert.Equal("MessageAbortedError", Assistant((await MessagesAsync(session.Id))[1]).Error!.Name);
        await HandOverAsync(session.Id);
        Assert.Empty(Model.Requests);
        Assert.IsType<IdleStatus>(await StatusAsync(session.Id));
    }

    [Fact]
    public async Task A_held_turn_that_comes_to_a_node_that_drains_too_is_held_on()
    {
        var session = await CreateAsync();
        Drain.Begin();
        await PromptAsync(session.Id);
        await KillAsync();
        await OpenAsync();
        Drain.Begin();
        await RunDryAsync();
        await AskAsync<Awake>(session.Id, new Wake());
        Assert.Empty(Model.Requests);

        await HandOverAsync(session.Id);

        Assert.Single(Model.Requests);
    }
}
