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
        var parent = (await CreateAsync()).Id;
        await PromptAsync(parent);
        Model.Answer.Call("call_1", "task", """{"description":"Find it","prompt":"find the bug","subagent_type":"general"}""").EndWithCalls();
        await RunDryAsync();
        var child = Assert.Single(await ListAsync(), id => id != parent);
        Model.Answer.Bash("call_2", "ls").EndWithCalls();
        await RunDryAsync();
        var before = Journal.Head;

        Drain.Begin();
        var drainer = CreateProbe();
        foreach (var id in (SessionId[])[parent, child])
        {
            (await FindAsync(id)).Tell(new Quiesce(), drainer.Ref);
            await RunDryAsync();
            drainer.Expect<Quiesced>();
        }

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
}
