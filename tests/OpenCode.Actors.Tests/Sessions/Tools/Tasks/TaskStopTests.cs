using Akka.Actor;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.Tests.Sessions.Tools.Tasks;

/// <summary>An orderly stop of the server in the middle of a task (rule "Waiting turns stay open").</summary>
public sealed class TaskStopTests : TaskKit
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_child_that_waits_for_its_user_and_its_parent_are_left_and_go_on_after_the_next_start(bool isModelTalking)
    {
        Config.Rules = [new PermissionRule("bash", "*", PermissionAction.Ask)];
        var (parent, child) = await BeginAsync();
        var answer = Model.Answer.Bash("call_2", "ls");
        if (!isModelTalking)
            answer.EndWithCalls();
        await RunDryAsync();
        var before = Journal.Head;

        await StopAsync();

        Assert.Empty(await StoryAsync(before));
        Assert.Equal((SessionStatus.Busy, SessionStatus.Busy), (await StatusAsync(parent), await StatusAsync(child.Id)));
        await GoOnAsync(parent);
    }

    [Fact]
    public async Task So_is_a_task_that_the_user_gave()
    {
        Config.Rules = [new PermissionRule("bash", "*", PermissionAction.Ask)];
        var parent = (await CreateAsync()).Id;
        await AskAsync<PromptAccepted>(parent, new TakePrompt(new Prompt([new SubtaskPromptPart("find the bug", "Find it", "general")])));
        Model.Answer.Bash("call_2", "ls").EndWithCalls();
        await RunDryAsync();
        var before = Journal.Head;

        await StopAsync();

        Assert.Empty(await StoryAsync(before));
        await GoOnAsync(parent);
    }

    [Fact]
    public async Task A_child_that_works_and_its_parent_are_closed()
    {
        var (parent, child) = await BeginAsync();
        Model.Answer.Say("looking");
        await RunDryAsync();

        await StopAsync();

        Assert.Equal((SessionStatus.Idle, SessionStatus.Idle), (await StatusAsync(parent), await StatusAsync(child.Id)));
        Assert.Equal(MessageError.AbortedName, Assistant((await MessagesAsync(parent))[^1]).Error!.Name);
        Assert.IsType<ToolError>((await CallAsync(parent)).State);
        var closed = Journal.Head;
        await KillAndStartAsync();
        Assert.Empty(await StoryAsync(closed)); // Nothing was left for the next start to close.
    }

    [Fact]
    public async Task A_command_that_runs_beside_a_task_that_waits_closes_the_parent()
    {
        Config.Rules = [new PermissionRule("bash", "rm *", PermissionAction.Ask)];
        var parent = (await CreateAsync()).Id;
        await PromptAsync(parent);
        Model.Answer.Call("call_1", "task", Input).Bash("call_3", "sleep 9").EndWithCalls();
        await RunDryAsync();
        Model.Answer.Bash("call_2", "rm x").EndWithCalls();
        await RunDryAsync();

        await StopAsync();

        Assert.Equal(SessionStatus.Idle, await StatusAsync(parent));
        Assert.Empty(await PermissionsAsync());
    }

    [Fact]
    public async Task A_second_stop_leaves_it_too()
    {
        Config.Rules = [new PermissionRule("bash", "*", PermissionAction.Ask)];
        var (parent, _) = await BeginAsync();
        Model.Answer.Bash("call_2", "ls").EndWithCalls();
        await RunDryAsync();
        var before = Journal.Head;

        await StopAsync();
        await StopAsync();

        Assert.Empty(await StoryAsync(before));
        await GoOnAsync(parent);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_abort_of_a_parent_that_was_left_or_is_being_left_ends_the_child_too(bool isLeft)
    {
        Config.Rules = [new PermissionRule("bash", "*", PermissionAction.Ask)];
        var (parent, child) = await BeginAsync();
        Model.Answer.Bash("call_2", "ls").EndWithCalls();
        await RunDryAsync();
        if (isLeft)
            await StopAsync();
        else
            Region.Tell(new LocalSessionRegion.Quiesce());

        await AskAsync<Aborted>(parent, new Abort());
        await RunDryAsync();

        Assert.Equal((SessionStatus.Idle, SessionStatus.Idle), (await StatusAsync(parent), await StatusAsync(child.Id)));
        Assert.Empty(await PermissionsAsync());
        await KillAndStartAsync();
        Assert.Empty(await PermissionsAsync());
        Assert.Empty(Tools.Started);
    }

    [Fact]
    public async Task A_parent_that_the_disk_had_no_room_to_leave_ends_with_its_child()
    {
        Config.Rules = [new PermissionRule("bash", "*", PermissionAction.Ask)];
        var parent = (await CreateAsync()).Id;
        await PromptAsync(parent);
        Model.Answer.Call("call_1", "task", Input); // Its model still talks, so that leaving it is written.
        await RunDryAsync();
        Model.Answer.Bash("call_2", "ls").EndWithCalls();
        await RunDryAsync();
        Faulty.AppendFault = new JournalFullException(1, 2);
        Region.Tell(new LocalSessionRegion.Quiesce());
        await RunDryAsync();

        Faulty.Heal();
        Time.Advance(TimeSpan.FromSeconds(2));
        await RunDryAsync();

        Assert.Equal(SessionStatus.Idle, await StatusAsync(parent));
        Assert.Empty(await PermissionsAsync());
    }

    private async Task StopAsync()
    {
        await AskAsync<LocalSessionRegion.Quiesced>(Region, new LocalSessionRegion.Quiesce());
        await RunDryAsync();
    }

    // The user answers after the next start.
    private async Task GoOnAsync(SessionId parent)
    {
        await KillAndStartAsync();
        await MessagesAsync(parent);
        await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Once);
        await RunDryAsync();
        Tools.Tool.End("a.txt");
        await RunDryAsync();
        Model.Answer.Say("there is a.txt").End();
        await RunDryAsync();

        Assert.Contains("there is a.txt", Assert.IsType<ToolCompleted>((await CallAsync(parent)).State).Output, StringComparison.Ordinal);
        Model.Answer.Say("all done").End();
        await RunDryAsync();
        Assert.Equal(SessionStatus.Idle, await StatusAsync(parent));
    }
}
