using System.Text.Json;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Snapshots;

namespace OpenCode.Actors.Tests.Sessions.History;

/// <summary>An undo reports what it does not restore.</summary>
public sealed class UnkeptFilesTests : UndoKit
{
    [Fact]
    public async Task A_line_of_the_user_s_stays_done_and_that_is_told()
    {
        var session = (await BeginAsync()).Id;
        await ShellAsync(session);

        Assert.Contains("that you gave yourself", await UndoAsync(session, 0), StringComparison.Ordinal);
        Assert.Empty(Snapshots.Set);
    }

    [Fact]
    public async Task A_task_of_the_user_s_stays_done_and_that_is_told()
    {
        var session = (await BeginAsync()).Id;
        await AskAsync<PromptAccepted>(session, new TakePrompt(new Prompt([new SubtaskPromptPart("mend it", "Mend", "general")])));
        await RunDryAsync();
        Model.Answer.Say("Done").End();
        await RunDryAsync();

        Assert.Contains("that you gave yourself", await UndoAsync(session, 0), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beside_files_that_are_set_back_and_files_that_stay_it_is_told_too()
    {
        var session = (await BeginAsync()).Id;
        await ChangeAsync(session, "one", File("a.txt", 1, 0));
        await ShellAsync(session);
        Snapshots.Problem = "Stay as they are: link (it is a link).";

        var told = await UndoAsync(session, 0);

        Assert.StartsWith($"{Snapshots.Problem} What commands and tasks that you gave yourself", told, StringComparison.Ordinal);
        Assert.Equal([new StepChange("empty", "one")], Bare(Assert.Single(Snapshots.Set).Undone));
    }

    [Fact]
    public async Task Where_only_kept_steps_are_undone_and_where_all_is_brought_back_nothing_is_told()
    {
        var session = (await BeginAsync()).Id;
        await ShellAsync(session);
        await ChangeAsync(session, "one", File("a.txt", 1, 0));

        Assert.Null(await UndoAsync(session, 1));
        await UndoAsync(session, 0);
        var before = Journal.Head;
        await AskAsync<Updated>(session, new Unrevert());
        Assert.DoesNotContain("tui.toast.show", await StoryAsync(before));
    }

    [Fact]
    public async Task What_the_user_changed_between_a_kill_and_the_next_turn_is_not_undone_with_the_step_before_it()
    {
        var session = (await BeginAsync()).Id;
        await PromptAsync(session);
        Model.Answer.Bash("c", "ls").EndWithCalls();
        await RunDryAsync();
        await KillAndStartAsync();
        Snapshots.Now = "by the user";
        await ChangeAsync(session, "one", File("a.txt", 1, 0));

        Assert.Contains("no snapshot", await UndoAsync(session, 0), StringComparison.Ordinal);
        Assert.Equal([new StepChange("by the user", "one")], Bare(Assert.Single(Snapshots.Set).Undone));
    }

    [Fact]
    public async Task A_step_whose_end_could_not_be_kept_ends_where_the_next_one_of_its_turn_begins()
    {
        var session = (await BeginAsync()).Id;
        await PromptAsync(session);
        Model.Answer.Bash("c", "ls").EndWithCalls();
        await RunDryAsync();
        (Snapshots.Now, Snapshots.CannotKeep) = ("one", true);
        Tools.Tool.End("x");
        await RunDryAsync();
        Model.Answer.Say("Done").End();
        await RunDryAsync();

        await UndoAsync(session, 0);
        Assert.Equal([new StepChange("empty", "one")], Bare(Assert.Single(Snapshots.Set).Undone));
    }

    [Theory]
    [InlineData("prompt")]
    [InlineData("summary")]
    public async Task A_step_whose_end_could_not_be_kept_ends_where_its_turn_goes_on_with_what_waited(string waiting)
    {
        var session = (await BeginAsync()).Id;
        await PromptAsync(session);
        Model.Answer.Bash("c", "ls").EndWithCalls();
        await RunDryAsync();
        Time.Advance(TimeSpan.FromSeconds(1));
        await AskAsync<PromptAccepted>(session, waiting == "prompt" ? Prompt("and this") : new Summarize(new SummarizeSession("mock", "mock-1")));
        Time.Advance(TimeSpan.FromSeconds(1));
        (Snapshots.Now, Snapshots.CannotKeep) = ("one", true);
        Tools.Tool.End("x");
        await RunDryAsync();
        while (await StatusAsync(session) is not IdleStatus)
        {
            Model.Answer.Say("Done").End();
            await RunDryAsync();
        }

        var told = await UndoAsync(session, 0);
        Assert.Equal([new StepChange("empty", "one")], Bare(Assert.Single(Snapshots.Set).Undone));
        Assert.Null(told);
    }

    [Fact]
    public async Task A_last_step_whose_end_could_not_be_kept_does_not_end_where_the_next_turn_begins()
    {
        var session = (await BeginAsync()).Id;
        await AskAsync<PromptAccepted>(session, new TakePrompt(new Prompt([new TextPromptPart("x")]) { Format = new OutputFormat("json_schema") { Schema = JsonElement.Parse("""{"type":"object"}""") } }));
        Model.Answer.Bash("c", "ls").Call("d", "StructuredOutput", """{"name":"A"}""").EndWithCalls();
        await RunDryAsync();
        Snapshots.CannotKeep = true;
        Tools.Tool.End("x");
        await RunDryAsync();
        Assert.IsType<IdleStatus>(await StatusAsync(session));
        Time.Advance(TimeSpan.FromSeconds(1));
        (Snapshots.Now, Snapshots.CannotKeep) = ("by the user", false);
        await ChangeAsync(session, "one", File("a.txt", 1, 0));

        Assert.Contains("no snapshot", await UndoAsync(session, 0), StringComparison.Ordinal);
        Assert.Equal([new StepChange("by the user", "one")], Bare(Assert.Single(Snapshots.Set).Undone));
    }

    [Fact]
    public async Task An_undo_right_after_an_abort_waits_for_what_the_step_did()
    {
        var go = new TaskCompletionSource();
        Snapshots.BeforeKeeping = () => go.Task;
        var session = (await BeginAsync()).Id;
        await PromptAsync(session);
        Model.Answer.Bash("c", "ls").EndWithCalls();
        await RunDryAsync();
        (Snapshots.Now, Snapshots.Diffs) = ("half", [File("a.txt", 1, 0)]);
        await AskAsync<Aborted>(session, new Abort());
        var asked = (await MessagesAsync(session))[0].Info.Id;
        var undo = Begin(session, new Revert(asked));
        await RunDryAsync();
        Assert.False(undo.IsCompleted);

        Simulation.Outside("go", () => go.SetResult());
        await RunDryAsync();

        Assert.Equal(asked, Assert.IsType<Updated>(await undo).Info.Revert!.MessageId);
        var step = Assert.Single(Assert.Single(Snapshots.Set).Undone);
        Assert.Equal("empty", step.From);
        Assert.Equal(["/proj/project/a.txt"], step.Files!);
    }

    [Theory]
    [InlineData("question", "{}", false)]
    [InlineData("StructuredOutput", """{"name":"A"}""", false)]
    [InlineData("bash", """{"command":"ls"}""", true)]
    [InlineData("server_tool", "{}", true)]
    public async Task Without_snapshots_only_a_tool_that_may_have_changed_files_is_told(string tool, string input, bool isTold)
    {
        Snapshots.Now = null;
        var session = (await BeginAsync()).Id;
        var format = tool == "StructuredOutput" ? new OutputFormat("json_schema") { Schema = JsonElement.Parse("""{"type":"object"}""") } : null;
        await AskAsync<PromptAccepted>(session, new TakePrompt(new Prompt([new TextPromptPart("x")]) { Format = format }));
        Model.Answer.Call("c", tool, input).EndWithCalls();
        await RunDryAsync();
        if (tool == "bash")
            Tools.Tool.End("x");
        await RunDryAsync();
        if (await StatusAsync(session) is not IdleStatus)
            Model.Answer.Say("Done").End();
        await RunDryAsync();

        Assert.Equal(isTold, (await UndoAsync(session, 0))?.Contains("no snapshot", StringComparison.Ordinal) == true);
    }

    [Theory]
    [InlineData("bash", true)]
    [InlineData("look", false)]
    public async Task What_is_in_no_snapshot_is_looked_for_from_the_first_step_on_that_may_have_changed_files(string tool, bool isLookedFor)
    {
        Tools.Names.Add("look");
        var session = (await BeginAsync()).Id;
        await PromptAsync(session);
        Model.Answer.Say("Hello").End();
        await RunDryAsync();
        Time.Advance(TimeSpan.FromSeconds(1));
        await PromptAsync(session, "again");
        Model.Answer.Call("c", tool, """{"command":"touch ignored"}""").EndWithCalls();
        await RunDryAsync();
        Tools.Tool.End("x"); // The files of the snapshot are what they were.
        await RunDryAsync();
        Model.Answer.Say("Done").End();
        await RunDryAsync();
        var step = (await MessagesAsync(session)).First(static message => message.Parts.Any(static part => part is OpenCode.Actors.Protocol.Parts.ToolPart));
        Snapshots.Problem = "Changed since then but in no snapshot: ignored.";

        var told = await UndoAsync(session, 0);

        Assert.Equal(isLookedFor ? (Snapshots.Problem, step.Info.Time.Created) : (null, null), (told, Snapshots.Set.LastOrDefault()?.Since));
        var looked = Snapshots.Set.Count;
        await AskAsync<Updated>(session, new Unrevert());
        Assert.Equal(looked, Snapshots.Set.Count);
    }

    private async Task ShellAsync(SessionId session)
    {
        await AskAsync<PromptAccepted>(session, new RunShell(new Shell("touch x", "build")));
        await RunDryAsync();
        Tools.Tool.End("x");
        await RunDryAsync();
    }

    private async Task<string?> UndoAsync(SessionId session, int prompt)
    {
        var asked = (await MessagesAsync(session)).Where(static message => message.Info is UserMessage).ElementAt(prompt).Info.Id;
        var before = Journal.Head;
        Assert.Equal(asked, (await AskAsync<Updated>(session, new Revert(asked))).Info.Revert!.MessageId);
        var toast = (await LogAsync(before)).Find(static entry => entry.Type == "tui.toast.show");
        return toast is null ? null : JsonDocument.Parse(toast.Properties).RootElement.GetProperty("message").GetString();
    }
}
