using Akka.Actor;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Tasks;
using OpenCode.Actors.Tests.Sessions.Tools.Tasks;

namespace OpenCode.Actors.Tests.Sessions.Nodes;

/// <summary>Rule "Waiting turns stay open" on a node that drains: a parent whose child waits for its user moves with it.</summary>
public sealed class TaskHandOverTests : HandOverKit
{
    private protected override SessionSetup Arrange(SessionSetup setup) =>
        base.Arrange(setup) with { Toolbox = new Toolbox([new TaskTool(new ChildSessions(() => Sessions, () => Config, () => Setup.Toolbox)), new ScriptedBash(Tools)]) };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_task_whose_child_waits_for_its_user_goes_on_on_the_next_node(bool isAnsweredBefore)
    {
        Config.Rules = [new PermissionRule("bash", "*", PermissionAction.Ask)];
        var (parent, child) = await WaitAsync();
        var before = Journal.Head;
        await DrainAsync(parent, child);

        Assert.Empty(await StoryAsync(before));
        if (isAnsweredBefore)
            await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Once);
        (await FindAsync(child)).Tell(new Leave());
        await HandOverAsync(parent);
        await AskAsync<Awake>(child, new Wake());
        await RunDryAsync();
        if (!isAnsweredBefore)
            await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Once);
        await RunDryAsync();

        Tools.Tool.End("a.txt");
        await RunDryAsync();
        Model.Answer.Say("there is a.txt").End();
        await RunDryAsync();
        Model.Answer.Say("all done").End();
        await RunDryAsync();
        Assert.Contains("there is a.txt", Assert.IsType<ToolCompleted>(Tool((await MessagesAsync(parent))[1]).State).Output, StringComparison.Ordinal);
        Assert.Equal((SessionStatus.Idle, SessionStatus.Idle), (await StatusAsync(parent), await StatusAsync(child)));
    }

    [Fact]
    public async Task A_task_under_way_is_not_asked_about_again_when_another_call_of_its_step_is_begun_by_the_next_node()
    {
        Config.Rules = [new PermissionRule("bash", "*", PermissionAction.Ask), new PermissionRule("task", "*", PermissionAction.Ask)];
        var (parent, child) = await WaitAsync(beside: true);
        await DrainAsync(parent, child);
        await ReplyAsync(Assert.Single(await PermissionsAsync(), request => request.SessionId == parent).Id, PermissionAnswer.Once);
        await RunDryAsync();
        (await FindAsync(child)).Tell(new Leave());
        await HandOverAsync(parent);
        await AskAsync<Awake>(child, new Wake());
        await RunDryAsync();

        Assert.Equal(child, Assert.Single(await PermissionsAsync()).SessionId);
        Tools.Tool.End("of the parent");
        await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Once);
        await RunDryAsync();
        Tools.Tool.End("a.txt");
        await RunDryAsync();
        Model.Answer.Say("there is a.txt").End();
        await RunDryAsync();
        Model.Answer.Say("all done").End();
        await RunDryAsync();
        Assert.Equal((SessionStatus.Idle, SessionStatus.Idle), (await StatusAsync(parent), await StatusAsync(child)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_abort_of_a_parent_that_was_left_or_is_held_ends_the_child_too(bool isHeld)
    {
        Config.Rules = [new PermissionRule("bash", "*", PermissionAction.Ask)];
        var (parent, child) = await WaitAsync(beside: isHeld);
        await DrainAsync(parent, child);
        if (isHeld)
            await ReplyAsync(Assert.Single(await PermissionsAsync(), request => request.SessionId == parent).Id, PermissionAnswer.Once);

        await AskAsync<Aborted>(parent, new Abort());
        await RunDryAsync();

        Assert.Equal((SessionStatus.Idle, SessionStatus.Idle), (await StatusAsync(parent), await StatusAsync(child)));
        Assert.Empty(await PermissionsAsync());
    }

    // With a call beside the task that waits for its user too.
    private async Task<(SessionId Parent, SessionId Child)> WaitAsync(bool beside = false)
    {
        var parent = (await CreateAsync()).Id;
        await PromptAsync(parent);
        var answer = Model.Answer.Call("call_1", "task", """{"description":"Find it","prompt":"find the bug","subagent_type":"general"}""");
        if (beside)
            answer.Bash("call_3", "make");
        answer.EndWithCalls();
        await RunDryAsync();
        if ((await PermissionsAsync()).FirstOrDefault(static request => request.Permission == "task") is { } asked)
            await ReplyAsync(asked.Id, PermissionAnswer.Once);
        await RunDryAsync();
        var child = Assert.Single(await ListAsync(), id => id != parent);
        Model.Answer.Bash("call_2", "ls").EndWithCalls();
        await RunDryAsync();
        return (parent, child);
    }

    private async Task DrainAsync(params SessionId[] sessions)
    {
        Drain.Begin();
        var drainer = CreateProbe();
        foreach (var id in sessions)
        {
            (await FindAsync(id)).Tell(new Quiesce(), drainer.Ref);
            await RunDryAsync();
            drainer.Expect<Quiesced>();
        }
    }
}
