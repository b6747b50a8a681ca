using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Tests.Sessions.History;

/// <summary>What others change in files while a step is under way is not the work of the step.</summary>
public sealed class OwnFilesTests : UndoKit
{
    [Fact]
    public async Task A_step_with_tools_begins_with_the_files_as_its_first_tool_finds_them()
    {
        var session = await BeginAsync();
        await PromptAsync(session.Id);
        Model.Answer.Say("Let me see.");
        await WaitAsync("the user's");
        var before = Journal.Head;
        await StepAsync("one", File("a.txt", 1, 0));

        Assert.Equal(["step-start the user's", "text", "tool", "step-finish one", "patch the user's /proj/project/a.txt"], await PartsAsync(session.Id));
        Assert.Equal(("the user's", "the user's"), Snapshots.Compared.Select(static step => (step.From, step.Since)).Single());
        Assert.Equal(2, Snapshots.Taken);
        Assert.Contains("step-start", await StoryAsync(before)); // Clients see it too.
    }

    [Fact]
    public async Task What_the_user_changes_while_a_permission_is_waited_for_is_not_the_step_s()
    {
        var session = await BeginAsync([new PermissionRule("bash", "*", PermissionAction.Ask)]);
        await PromptAsync(session.Id);
        Model.Answer.Bash("c", "touch").EndWithCalls();
        await WaitAsync("the user's");
        Assert.Empty(Tools.Started);

        await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Once);
        await RunDryAsync();
        (Snapshots.Now, Snapshots.Diffs) = ("one", [File("a.txt", 1, 0)]);
        Tools.Tool.End("x");
        await RunDryAsync();

        Assert.Equal(["step-start the user's", "tool", "step-finish one", "patch the user's /proj/project/a.txt"], await PartsAsync(session.Id));
    }

    [Fact]
    public async Task What_the_first_tool_did_is_the_step_s_for_those_behind_it()
    {
        var session = await BeginAsync();
        await PromptAsync(session.Id);
        Model.Answer.Bash("c", "touch");
        await WaitAsync("by the first tool");
        Model.Answer.Bash("d", "touch").EndWithCalls();
        await WaitAsync("by the second tool");
        foreach (var tool in Tools.Started)
            tool.End("x");
        await RunDryAsync();

        Assert.Equal("step-start empty", (await PartsAsync(session.Id))[0]);
        Assert.Equal(1, Snapshots.Taken);
    }

    [Fact]
    public async Task Tools_that_change_no_files_wait_for_no_snapshot_and_count_for_none()
    {
        Tools.Names.Add("look");
        var session = await BeginAsync();
        await PromptAsync(session.Id);
        Model.Answer.Say("Let me see.");
        await WaitAsync("the user's");
        Model.Answer.Call("l", "look", "{}");
        await RunDryAsync();
        Assert.Single(Tools.Started);
        Assert.Equal(1, Snapshots.Taken);

        Model.Answer.Bash("c", "touch").Bash("d", "touch").EndWithCalls();
        await RunDryAsync();

        Assert.Equal(2, Snapshots.Taken);
        Assert.Equal(["l", "c", "d"], Tools.Started.Select(static tool => tool.Call.CallId));
        Assert.Equal("step-start the user's", (await PartsAsync(session.Id))[0]);
    }

    [Fact]
    public async Task Where_no_other_snapshot_can_be_taken_the_tool_starts_with_that_of_before()
    {
        var session = await BeginAsync();
        await PromptAsync(session.Id);
        Model.Answer.Say("Let me see.");
        await WaitAsync(null);
        await StepAsync("one", File("a.txt", 1, 0));

        Assert.Equal(["step-start empty", "text", "tool", "step-finish one", "patch empty /proj/project/a.txt"], await PartsAsync(session.Id));
    }

    [Fact]
    public async Task An_abort_while_the_snapshot_is_taken_starts_no_tool()
    {
        var go = new TaskCompletionSource();
        var session = await BeginAsync();
        await PromptAsync(session.Id);
        Model.Answer.Say("Let me see.");
        await WaitAsync("the user's");
        Snapshots.BeforeTaking = () => go.Task;
        Model.Answer.Bash("c", "touch").EndWithCalls();
        await RunDryAsync();
        Assert.Empty(Tools.Started);

        await AskAsync<Aborted>(session.Id, new Abort());
        Simulation.Outside("go", () => go.SetResult());
        await RunDryAsync();

        Assert.Empty(Tools.Started);
        Assert.Equal(SessionStatus.Idle, await StatusAsync(session.Id));
        Assert.Empty(Unhandled);
    }

    [Theory]
    [InlineData("edit:a.txt", "/proj/project/a.txt")]
    [InlineData("edit:a.txt write:/other/b.txt", "/proj/project/a.txt /other/b.txt")]
    [InlineData("edit:a.txt look", "/proj/project/a.txt")]
    [InlineData("look", "")]
    [InlineData("edit:a.txt bash", null)]
    [InlineData("write:a.txt server_tool", null)]
    [InlineData("edit", "")]
    public async Task Only_what_its_tools_say_that_they_changed_is_a_step_s_if_all_of_them_say_it(string calls, string? own)
    {
        foreach (var fails in (bool[])[false, true])
        {
            Tools.Names.Clear();
            Tools.Names.AddRange(["bash", "look", "edit", "write", "server_tool"]);
            var session = await BeginAsync();
            await PromptAsync(session.Id);
            var (answer, first) = (Model.Answer, Tools.Started.Count);
            foreach (var call in calls.Split(' '))
                answer.Call($"call-{call}", call.Split(':')[0], call.Contains(':', StringComparison.Ordinal) ? $$"""{"filePath":"{{call.Split(':')[1]}}"}""" : "{}");
            answer.EndWithCalls();
            await RunDryAsync();
            foreach (var tool in Tools.Started.Skip(first).ToList())
            {
                if (fails)
                    tool.Fail("Nothing was changed.");
                else if (tool.Call.CallId.Contains(':', StringComparison.Ordinal))
                    tool.EndWithChange(Path.GetFullPath(tool.Call.CallId.Split(':')[1], session.Directory));
                else
                    tool.End("x");
            }

            await RunDryAsync();
            Assert.Equal(own, Snapshots.Compared[^1].Own is { } files ? string.Join(' ', files) : null);
            Model.Answer.Say("Done").End();
            await RunDryAsync();
        }
    }

    [Theory]
    [InlineData("""{"filePath":"a\u0000b"}""")]
    [InlineData("""{"filePath":5}""")]
    [InlineData("""{"filePath":""}""")]
    [InlineData("""{"filePath":"/../../.."}""")]
    public async Task A_path_that_no_file_has_fails_its_call_alone(string input)
    {
        Tools.Names.Add("write");
        var session = await BeginAsync();
        await PromptAsync(session.Id);
        Model.Answer.Call("w", "write", input).EndWithCalls();
        await RunDryAsync();
        Tools.Started[^1].Fail("That is no path.");
        await RunDryAsync();
        Model.Answer.Say("I see.").End();
        await RunDryAsync();

        Assert.Equal(["step-start empty", "tool", "step-finish empty"], await PartsAsync(session.Id));
        Assert.Null(((AssistantMessage)(await MessagesAsync(session.Id))[^1].Info).Error);
        Assert.Equal(SessionStatus.Idle, await StatusAsync(session.Id));
        Assert.Empty(Unhandled);
    }

    [Fact]
    public async Task An_undo_is_about_the_files_that_the_steps_say_that_they_changed()
    {
        var session = await BeginAsync();
        await ChangeAsync(session.Id, "one", File("a.txt", 1, 0));
        await PromptAsync(session.Id, "look");
        await StepAsync("by the user"); // The snapshots differ, and nothing of that is the step's.
        Model.Answer.Say("Done").End();
        await RunDryAsync();

        await AskAsync<Updated>(session.Id, new Revert((await MessagesAsync(session.Id)).First(static message => message.Info is UserMessage).Info.Id));

        var step = Assert.Single(Assert.Single(Snapshots.Set).Undone);
        Assert.Equal(("empty", "one", "/proj/project/a.txt"), (step.From, step.To, Assert.Single(step.Files!)));
    }

    private async Task<List<string>> PartsAsync(SessionId session) => [.. (await MessagesAsync(session))[1].Parts.Select(Told)];

    private async Task WaitAsync(string? files)
    {
        await RunDryAsync();
        Snapshots.Now = files;
        Time.Advance(TimeSpan.FromSeconds(3));
        await RunDryAsync();
    }
}
