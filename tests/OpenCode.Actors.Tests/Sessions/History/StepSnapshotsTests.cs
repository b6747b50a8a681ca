using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Tests.Sessions.History;

/// <summary>The changes of a turn's steps to files are stored with the steps and published.</summary>
public sealed class StepSnapshotsTests : UndoKit
{
    [Fact]
    public async Task A_step_without_tools_has_one_snapshot_for_its_start_and_end()
    {
        var session = await BeginAsync();
        await PromptAsync(session.Id);
        Model.Answer.Say("Hello").End();
        await RunDryAsync();

        var parts = (await MessagesAsync(session.Id))[1].Parts;

        Assert.Equal(["step-start empty", "text", "step-finish empty"], parts.Select(Told));
        Assert.Equal(1, Snapshots.Taken);
        Assert.Empty(Snapshots.Compared);
    }

    [Fact]
    public async Task A_step_with_tools_tells_what_it_changed_and_the_next_begins_where_it_ended()
    {
        var session = await BeginAsync();
        var before = Journal.Head;
        await ChangeAsync(session.Id, "changed", File("a.txt", 2, 1));

        var messages = await MessagesAsync(session.Id);
        Assert.Equal(["step-start empty", "tool", "step-finish changed", "patch empty /proj/project/a.txt"], messages[1].Parts.Select(Told));
        Assert.Equal(["step-start changed", "text", "step-finish changed"], messages[2].Parts.Select(Told));
        Assert.Equal("a.txt", Assert.Single(((UserMessage)messages[0].Info).Summary!.Diffs).File);
        Assert.Equal(new SessionSummary(2, 1, 1), (await InfoAsync(session.Id)).Summary);
        Assert.Equal(1, Snapshots.Taken);
        Assert.Contains("session.diff", await StoryAsync(before));
    }

    [Fact]
    public async Task What_a_prompt_changed_is_compared_with_its_start_over_all_of_its_steps()
    {
        var session = await BeginAsync();
        await ChangeAsync(session.Id, "one", File("a.txt", 1, 0), File("b.txt", 1, 0));
        Snapshots.Compared.Clear();

        await PromptAsync(session.Id, "again");
        await StepAsync("two", File("a.txt", 1, 0));
        await StepAsync("three", File("a.txt", 2, 0));
        Model.Answer.Say("Done").End();
        await RunDryAsync();

        Assert.Equal([("one", "one"), ("two", "one")], Snapshots.Compared.Select(static step => (step.From, step.Since)));
        Assert.Equal([[], ["/proj/project/a.txt"]], Snapshots.Compared.Select(static step => step.Earlier!));
        Assert.Equal(new SessionSummary(4, 0, 2), (await InfoAsync(session.Id)).Summary);
        var whole = await AskAsync<DiffFound>(session.Id, new GetDiff());
        var asked = await AskAsync<DiffFound>(session.Id, new GetDiff((await MessagesAsync(session.Id))[3].Info.Id));
        Assert.Equal([("a.txt", 3), ("b.txt", 1)], whole.Diffs.Select(diff => (diff.File, diff.Additions)));
        Assert.Equal([("a.txt", 2)], asked.Diffs.Select(diff => (diff.File, diff.Additions)));
    }

    [Fact]
    public async Task A_turn_goes_on_without_a_snapshot()
    {
        var session = await BeginAsync();
        Snapshots.Now = null;
        await PromptAsync(session.Id);
        Model.Answer.Bash("c", "ls").EndWithCalls();
        await RunDryAsync();
        Tools.Tool.End("x");
        await RunDryAsync();
        Model.Answer.Say("Done").End();
        await RunDryAsync();

        var messages = await MessagesAsync(session.Id);
        Assert.Equal(["step-start", "tool", "step-finish"], messages[1].Parts.Select(Told));
        Assert.Equal(SessionStatus.Idle, await StatusAsync(session.Id));
    }

    [Fact]
    public async Task A_step_whose_end_cannot_be_kept_ends_without()
    {
        var session = await BeginAsync();
        await PromptAsync(session.Id);
        Model.Answer.Bash("c", "ls").EndWithCalls();
        await RunDryAsync();
        Snapshots.Now = null;
        Tools.Tool.End("x");
        await RunDryAsync();
        Model.Answer.Say("Done").End();
        await RunDryAsync();

        var messages = await MessagesAsync(session.Id);
        Assert.Equal(["step-start empty", "tool", "step-finish"], messages[1].Parts.Select(Told));
        Assert.Equal("step-start", Told(messages[2].Parts[0]));
    }

    [Fact]
    public async Task Outside_of_a_repository_nothing_is_taken()
    {
        var session = await CreateOutsideAsync();
        await PromptAsync(session.Id);
        Model.Answer.Say("Hello").End();
        await RunDryAsync();

        Assert.Equal("step-start", Told((await MessagesAsync(session.Id))[1].Parts[0]));
        Assert.Equal(0, Snapshots.Taken);
    }

    [Fact]
    public async Task What_a_step_did_before_it_was_aborted_is_kept_behind_its_end()
    {
        var session = await BeginAsync();
        await PromptAsync(session.Id);
        Model.Answer.Bash("c", "ls").EndWithCalls();
        await RunDryAsync();
        (Snapshots.Now, Snapshots.Diffs) = ("half", [File("a.txt", 1, 0)]);

        await AskAsync<Aborted>(session.Id, new Abort());
        await RunDryAsync();

        Assert.Equal(["step-start empty", "tool", "patch empty /proj/project/a.txt"], (await MessagesAsync(session.Id))[1].Parts.Select(Told));
        Assert.Equal(new SessionSummary(1, 0, 1), (await InfoAsync(session.Id)).Summary);
    }

    [Fact]
    public async Task What_changed_after_a_kill_is_not_taken_for_the_work_of_the_step()
    {
        var session = await BeginAsync();
        await PromptAsync(session.Id);
        Model.Answer.Bash("c", "ls").EndWithCalls();
        await RunDryAsync();
        (Snapshots.Now, Snapshots.Diffs) = ("by the user", [File("a.txt", 1, 0)]);
        await KillAndStartAsync();
        await RunDryAsync();

        Assert.Equal(["step-start empty", "tool"], (await MessagesAsync(session.Id))[1].Parts.Select(Told));
    }

    [Fact]
    public async Task A_step_begins_with_the_files_as_they_are_when_the_model_begins_to_answer()
    {
        var session = await BeginAsync();
        await PromptAsync(session.Id);
        await WaitAsync("the user's");
        await StepAsync("one", File("a.txt", 1, 0));
        await WaitAsync("the user's again");
        Model.Answer.Say("Done").End();
        await RunDryAsync();

        var messages = await MessagesAsync(session.Id);
        Assert.Equal(["step-start the user's", "tool", "step-finish one", "patch the user's /proj/project/a.txt"], messages[1].Parts.Select(Told));
        Assert.Equal(["step-start the user's again", "text", "step-finish the user's again"], messages[2].Parts.Select(Told));
    }

    [Fact]
    public async Task Without_another_snapshot_a_step_begins_with_that_of_before()
    {
        var session = await BeginAsync();
        await PromptAsync(session.Id);
        await WaitAsync(null);
        Model.Answer.Say("Done").End();
        await RunDryAsync();

        Assert.Equal("step-start empty", Told((await MessagesAsync(session.Id))[1].Parts[0]));
    }

    [Fact]
    public async Task Another_try_of_the_model_begins_with_the_files_as_they_are_then()
    {
        var session = await BeginAsync();
        await PromptAsync(session.Id);
        Model.Answer.Fail(new ModelException("busy", retryable: true));
        await RunDryAsync();
        await WaitAsync("the user's");
        Model.Answer.Say("Hello").End();
        await RunDryAsync();

        Assert.Equal(["step-start the user's", "text", "step-finish the user's"], (await MessagesAsync(session.Id))[1].Parts.Select(Told));
        Assert.Equal(2, Snapshots.Taken);
    }

    private async Task WaitAsync(string? files)
    {
        Snapshots.Now = files;
        Time.Advance(TimeSpan.FromSeconds(3));
        await RunDryAsync();
    }
}
