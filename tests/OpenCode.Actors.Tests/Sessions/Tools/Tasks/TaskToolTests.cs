using System.Text.Json;
using Akka.Actor;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Tasks;

namespace OpenCode.Actors.Tests.Sessions.Tools.Tasks;

/// <summary>The tool <c>task</c> over real sessions.</summary>
public sealed class TaskToolTests : TaskKit
{
    [Fact]
    public async Task A_child_does_the_task_and_its_last_text_is_the_output()
    {
        var (parent, child) = await BeginAsync();

        Assert.Equal(("Find it (@general subagent)", "general"), (child.Title, child.Agent));
        Assert.Equal([new PermissionRule("task", "*", PermissionAction.Deny)], child.Permission!);
        Assert.Equal("find the bug", Text((await MessagesAsync(child.Id))[0]));
        Assert.DoesNotContain(Model.Requests[^1].Tools, static tool => tool.Name == "task");
        var running = Assert.IsType<ToolRunning>((await CallAsync(parent)).State);
        Assert.Equal(child.Id.Value, running.Metadata!.Value.GetProperty("sessionId").GetString());
        Assert.Equal("mock-1", running.Metadata.Value.GetProperty("model").GetProperty("modelID").GetString());

        Model.Answer.Say("it is in line 7").End();
        await RunDryAsync();

        var done = Assert.IsType<ToolCompleted>((await CallAsync(parent)).State);
        Assert.Contains("it is in line 7", done.Output, StringComparison.Ordinal);
        Assert.Equal(("Find it", child.Id.Value), (done.Title, done.Metadata.GetProperty("sessionId").GetString()));
        Assert.Equal(SessionStatus.Idle, await StatusAsync(child.Id));
        Assert.Equal(3, Model.Requests.Count);
    }

    [Fact]
    public async Task An_abort_of_the_parent_aborts_the_child()
    {
        var (parent, child) = await BeginAsync();

        await AskAsync<Aborted>(parent, new Abort());
        await RunDryAsync();

        Assert.Equal((SessionStatus.Idle, SessionStatus.Idle), (await StatusAsync(parent), await StatusAsync(child.Id)));
        Assert.Equal(MessageError.AbortedName, Assistant((await MessagesAsync(child.Id))[^1]).Error!.Name);
        Assert.IsType<ToolError>((await CallAsync(parent)).State);
    }

    [Fact]
    public async Task An_error_of_the_child_is_the_error_of_the_call()
    {
        var (parent, child) = await BeginAsync();

        await AskAsync<Aborted>(child.Id, new Abort());
        await RunDryAsync();

        Assert.Contains(child.Id.Value, Assert.IsType<ToolError>((await CallAsync(parent)).State).Error, StringComparison.Ordinal);
        Assert.Equal(SessionStatus.Busy, await StatusAsync(parent));
    }

    [Fact]
    public async Task A_kill_in_the_child_s_turn_ends_both_and_no_model_goes_on()
    {
        var (parent, child) = await BeginAsync();

        await KillAndStartAsync();
        await AskAsync<MessagePage>(parent, new GetMessages());
        await RunDryAsync();

        Assert.Contains(child.Id.Value, Assert.IsType<ToolError>((await CallAsync(parent)).State).Error, StringComparison.Ordinal);
        Assert.Equal((SessionStatus.Idle, SessionStatus.Idle), (await StatusAsync(parent), await StatusAsync(child.Id)));
        Assert.Equal(2, Model.Requests.Count);
    }

    [Fact]
    public async Task A_child_that_waits_for_its_user_is_answered_after_a_kill_and_its_parent_goes_on()
    {
        Config.Rules = [new PermissionRule("bash", "*", PermissionAction.Ask)];
        var (parent, child) = await BeginAsync();
        Model.Answer.Bash("call_2", "ls").EndWithCalls();
        await RunDryAsync();

        await KillAndStartAsync();
        await AskAsync<MessagePage>(parent, new GetMessages());
        await RunDryAsync();
        var request = Assert.Single(await PermissionsAsync());
        Assert.Equal(child.Id, request.SessionId);

        await ReplyAsync(request.Id, PermissionAnswer.Once);
        await RunDryAsync();
        Tools.Tool.End("a.txt");
        await RunDryAsync();
        Model.Answer.Say("there is a.txt").End();
        await RunDryAsync();
        Model.Answer.Say("all done").End();
        await RunDryAsync();

        Assert.Contains("there is a.txt", Assert.IsType<ToolCompleted>((await CallAsync(parent)).State).Output, StringComparison.Ordinal);
        Assert.Equal((SessionStatus.Idle, SessionStatus.Idle), (await StatusAsync(parent), await StatusAsync(child.Id)));
        Assert.Equal(["find the bug"], (await MessagesAsync(child.Id)).Where(static message => message.Info is UserMessage).Select(Text));
        Assert.Single(await ListAsync(), id => id != parent);
    }

    [Fact]
    public async Task A_later_call_goes_on_with_the_child_of_an_earlier_one()
    {
        var (parent, child) = await BeginAsync();
        Model.Answer.Say("it is in line 7").End();
        await RunDryAsync();

        Model.Answer.Call("call_1", "task", Input.Replace("find the bug", "mend it", StringComparison.Ordinal).Replace("}", $",\"task_id\":\"{child.Id}\"}}", StringComparison.Ordinal)).EndWithCalls();
        await RunDryAsync();
        Model.Answer.Say("mended").End();
        await RunDryAsync();

        Assert.Equal(["find the bug", "it is in line 7", "mend it", "mended"], (await MessagesAsync(child.Id)).Select(Text));
        Assert.Contains("mended", Assert.IsType<ToolCompleted>((await CallsAsync(parent))[^1].State).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_deletion_of_the_parent_deletes_the_child_and_ends_its_turn()
    {
        var (parent, child) = await BeginAsync();

        await RunUntilAsync(Sessions.AskAsync(new IndexQuery.Delete(parent), CancellationToken.None));
        await RunDryAsync();

        Assert.Empty(await ListAsync());
        Assert.True(Model.Answer.WasCancelled);
        Assert.IsType<SessionNotFound>(await RunUntilAsync(Sessions.AskAsync(child.Id, new GetMessages(), CancellationToken.None)));
    }

    [Theory]
    [InlineData("build", null, "There is no subagent 'build' here. Give one of")]
    [InlineData("nobody", null, "There is no subagent 'nobody' here. Give one of")]
    [InlineData("general", "ses_of_another", "This session has no task 'ses_of_another'.")]
    public async Task What_cannot_be_done_is_refused_by_its_name(string agent, string? task, string error)
    {
        var parent = (await CreateAsync()).Id;
        await PromptAsync(parent);
        Model.Answer.Call("call_1", "task", Input.Replace("general", agent, StringComparison.Ordinal).Replace("}", task is null ? "}" : $",\"task_id\":\"{task}\"}}", StringComparison.Ordinal)).EndWithCalls();
        await RunDryAsync();

        Assert.StartsWith(error, Assert.IsType<ToolError>((await CallAsync(parent)).State).Error, StringComparison.Ordinal);
        Assert.Equal([parent], await ListAsync());
    }

    [Fact]
    public async Task A_rule_for_the_agent_denies_the_task()
    {
        var parent = (await CreateAsync(permission: [new PermissionRule("task", "general", PermissionAction.Deny)])).Id;
        await PromptAsync(parent);
        Model.Answer.Call("call_1", "task", Input).EndWithCalls();
        await RunDryAsync();

        Assert.Contains("task general", Assert.IsType<ToolError>((await CallAsync(parent)).State).Error, StringComparison.Ordinal);
        Assert.Equal([parent], await ListAsync());
    }

    [Fact]
    public async Task A_model_reads_which_agents_it_may_give_tasks_to()
    {
        Config.Rules = [new PermissionRule("task", "explore", PermissionAction.Deny)];
        Config.Change = static agents => agents with { All = [.. agents.All, new Agent("poet", AgentMode.All, []) { Description = "Writes verse." }, new Agent("spy", AgentMode.Subagent, []) { Hidden = true }] };
        await BeginAsync();

        var description = Model.Requests[0].Tools.Single(static tool => tool.Name == "task").Description;
        Assert.Contains("\n- general: Does", description, StringComparison.Ordinal);
        Assert.EndsWith("\n- poet: Writes verse.", description, StringComparison.Ordinal);
        Assert.DoesNotContain("explore:", description, StringComparison.Ordinal);
        Assert.DoesNotContain("spy", description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_agent_of_the_parent_is_denied_fails_in_the_child_too()
    {
        Config.Change = static agents => agents with
        {
            All = [.. agents.All.Select(static agent => agent.Name == "build" ? agent with { Permission = [.. agent.Permission, Deny("bash", "rm *")] } : agent)],
        };
        var (_, child) = await BeginAsync();
        Model.Answer.Bash("call_2", "rm x").EndWithCalls();
        await RunDryAsync();

        Assert.Contains(Deny("bash", "rm *"), child.Permission!);
        Assert.IsType<ToolError>((await CallsAsync(child.Id))[0].State);
        Assert.Empty(Tools.Started);
    }

    [Fact]
    public async Task A_task_that_goes_on_is_denied_what_its_parent_is_by_now()
    {
        var (parent, child) = await BeginAsync();
        Model.Answer.Say("it is in line 7").End();
        await RunDryAsync();
        var denied = new PermissionRule("bash", "*", PermissionAction.Deny);
        await AskAsync<Updated>(parent, new Update(new() { Permission = [denied] }));

        Model.Answer.Call("call_1", "task", Input.Replace("}", $",\"task_id\":\"{child.Id}\"}}", StringComparison.Ordinal)).EndWithCalls();
        await RunDryAsync();

        Assert.Contains(denied, (await InfoAsync(child.Id)).Permission!);
    }

    private static PermissionRule Deny(string permission, string pattern = "*") => new(permission, pattern, PermissionAction.Deny);
}
