using System.Text.Json;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Snapshots;

namespace OpenCode.Actors.Tests.Sessions.History;

/// <summary>Rule "An undo is whole": messages and files are undone together, also when the server is killed in between, and come back together.</summary>
public sealed class UndoingTests : UndoKit
{
    [Fact]
    public async Task A_prompt_is_undone_with_its_files_and_brought_back()
    {
        var (session, asked) = await TwoTurnsAsync();

        var undone = await AskAsync<Updated>(session.Id, new Revert(asked[1]));

        Assert.Equal(new SessionRevert(asked[1]) { Snapshot = "two", Diff = "diff from two" }, undone.Info.Revert);
        Assert.Equal(new SessionSummary(1, 0, 1), undone.Info.Summary);
        Assert.Equal(6, (await MessagesAsync(session.Id)).Count);
        AssertSet("two", undone: [new("one", "two")], before: []);

        var back = await AskAsync<Updated>(session.Id, new Unrevert());

        Assert.Null(back.Info.Revert);
        Assert.Equal(new SessionSummary(2, 0, 2), back.Info.Summary);
        AssertSet("two", undone: [], before: [new("one", "two")]);
    }

    [Fact]
    public async Task More_and_less_is_undone_with_the_snapshot_of_the_first_time()
    {
        var (session, asked) = await TwoTurnsAsync();
        await AskAsync<Updated>(session.Id, new Revert(asked[1]));
        Snapshots.Now = "one";

        await AskAsync<Updated>(session.Id, new Revert(asked[0]));
        AssertSet("two", undone: [new("empty", "one"), new("one", "two")], before: [new("one", "two")]);

        var less = await AskAsync<Updated>(session.Id, new Revert(asked[1]));
        AssertSet("two", undone: [new("one", "two")], before: [new("empty", "one"), new("one", "two")]);
        Assert.Equal("two", less.Info.Revert!.Snapshot);
    }

    [Fact]
    public async Task The_next_prompt_removes_what_is_undone_as_on_the_real_server()
    {
        var (session, asked) = await TwoTurnsAsync();
        await AskAsync<Updated>(session.Id, new Revert(asked[1]));
        var before = Journal.Head;

        await PromptAsync(session.Id, "other");

        Assert.Equal(["message.removed", "message.removed", "message.removed", "session.updated", "user"], (await StoryAsync(before)).Take(5));
        Assert.Null((await InfoAsync(session.Id)).Revert);
        Assert.DoesNotContain("two", string.Join('|', Model.Requests[^1].Messages.Select(static message => message.ToString())), StringComparison.Ordinal);
        await KillAndStartAsync();
        Assert.Equal(5, (await MessagesAsync(session.Id)).Count);
    }

    [Fact]
    public async Task A_message_is_cut_at_a_part_if_something_is_left_of_it()
    {
        var session = await BeginAsync();
        await PromptAsync(session.Id);
        Model.Answer.Say("First, ");
        await StepAsync("one", File("a.txt", 1, 0));
        Model.Answer.Say("Done").End();
        var messages = await MessagesAsync(session.Id);
        var (answer, tool, text) = (messages[1].Info.Id, Tool(messages[1]).Id, messages[1].Parts.OfType<TextPart>().Single().Id);

        Assert.Equal(messages[0].Info.Id, (await AskAsync<Updated>(session.Id, new Revert(answer, text))).Info.Revert!.MessageId);
        var cut = await AskAsync<Updated>(session.Id, new Revert(answer, tool));
        var before = Journal.Head;
        await PromptAsync(session.Id, "other");

        Assert.Equal((answer, tool), (cut.Info.Revert!.MessageId, cut.Info.Revert.PartId));
        Assert.Equal(["message.removed", "message.part.removed", "message.part.removed", "message.part.removed", "session.updated"], (await StoryAsync(before)).Take(5));
        Assert.Equal(["step-start empty", "text"], (await MessagesAsync(session.Id))[1].Parts.Select(Told));
    }

    [Fact]
    public async Task An_answer_alone_is_not_undone_but_the_prompt_that_it_answers()
    {
        var (session, asked) = await TwoTurnsAsync();

        var undone = await AskAsync<Updated>(session.Id, new Revert((await MessagesAsync(session.Id))[^1].Info.Id));

        Assert.Equal(asked[1], undone.Info.Revert!.MessageId);
        AssertSet("two", undone: [new("one", "two")], before: []);
    }

    [Fact]
    public async Task A_fork_is_without_what_is_undone()
    {
        var (session, asked) = await TwoTurnsAsync();
        await AskAsync<Updated>(session.Id, new Revert(asked[1]));

        var fork = Assert.IsType<Created>(await RunUntilAsync(Sessions.ForkAsync(session.Id, null, CancellationToken.None)));

        Assert.Equal(3, (await MessagesAsync(fork.Info.Id)).Count);
        Assert.Null(fork.Info.Revert);
    }

    [Fact]
    public async Task While_a_turn_runs_nothing_is_undone()
    {
        var session = await BeginAsync();
        var accepted = await PromptAsync(session.Id);

        await AskAsync<SessionBusy>(session.Id, new Revert(accepted.User.Info.Id));
        await AskAsync<SessionBusy>(session.Id, new Unrevert());
    }

    [Fact]
    public async Task What_is_not_there_is_not_undone_and_nothing_is_brought_back_where_nothing_is_undone()
    {
        var (session, _) = await TwoTurnsAsync();

        await AskAsync<MessageNotFound>(session.Id, new Revert(new MessageId("msg_zzz")));
        await AskAsync<MessageNotFound>(session.Id, new Revert((await MessagesAsync(session.Id))[0].Info.Id, new PartId("prt_zzz")));
        var same = await AskAsync<Updated>(session.Id, new Unrevert());

        Assert.Null(same.Info.Revert);
        Assert.Empty(Snapshots.Set);
    }

    [Fact]
    public async Task The_undo_is_noted_before_the_first_file_is_set_and_told_after_the_last()
    {
        var (session, asked) = await TwoTurnsAsync();
        var (files, go) = Hold();
        var answer = Begin(session.Id, new Revert(asked[1]));
        await RunDryAsync();

        Assert.True(files.Task.IsCompleted);
        Assert.Contains(await RowsAsync(session.Id, "turn"), static row => row.Key == "undo");
        Assert.Null((await InfoAsync(session.Id)).Revert);
        Assert.False(answer.IsCompleted);

        Simulation.Outside("go", () => go.SetResult());
        await RunDryAsync();

        Assert.IsType<Updated>(await answer);
        Assert.Empty(await RowsAsync(session.Id, "turn"));
    }

    [Fact]
    public async Task A_kill_between_the_files_and_the_commit_ends_in_an_undo_that_is_whole()
    {
        var (session, asked) = await TwoTurnsAsync();
        var (files, _) = Hold();
        _ = Begin(session.Id, new Revert(asked[1]));
        await RunDryAsync();
        Assert.True(files.Task.IsCompleted);
        await KillAsync();
        Snapshots.BeforeSetting = static () => Task.CompletedTask;

        await StartAsync(); // No command wakes the session: its row does.

        Assert.Equal(asked[1], (await InfoAsync(session.Id)).Revert!.MessageId);
        AssertSet("two", undone: [new("one", "two")], before: []);
        Assert.Empty(await RowsAsync(session.Id, "turn"));
    }

    [Fact]
    public async Task A_kill_before_the_note_leaves_everything_as_it_was()
    {
        var (session, asked) = await TwoTurnsAsync();
        Disk.Kill();
        _ = Begin(session.Id, new Revert(asked[1]));
        await RunDryAsync();
        await KillAndStartAsync();

        Assert.Null((await InfoAsync(session.Id)).Revert);
        Assert.Empty(Snapshots.Set);
    }

    [Fact]
    public async Task Commands_wait_while_files_are_set_and_a_copy_of_the_undo_gets_its_answer()
    {
        var (session, asked) = await TwoTurnsAsync();
        var (_, go) = Hold();
        var first = Begin(session.Id, new Named("n", new Revert(asked[1])));
        await RunDryAsync();
        var copy = Begin(session.Id, new Named("n", new Revert(asked[1])));
        var prompt = Begin(session.Id, Prompt("other"));
        await RunDryAsync();
        Assert.False(copy.IsCompleted || prompt.IsCompleted);

        Simulation.Outside("go", () => go.SetResult());
        await RunDryAsync();

        Assert.IsType<Updated>(await first);
        Assert.IsType<Updated>(await copy);
        Assert.IsType<PromptAccepted>(await prompt);
        Assert.Single(Snapshots.Set);
        Assert.Equal(5, (await MessagesAsync(session.Id)).Count);
    }

    [Fact]
    public async Task Outside_of_a_repository_messages_alone_are_undone_and_it_says_so()
    {
        var session = await CreateOutsideAsync();
        var accepted = await PromptAsync(session.Id);
        Model.Answer.Bash("c", "ls").EndWithCalls();
        await RunDryAsync();
        Tools.Tool.End("x");
        await RunDryAsync();
        Model.Answer.Say("Done").End();
        await RunDryAsync();
        var before = Journal.Head;

        var undone = await AskAsync<Updated>(session.Id, new Revert(accepted.User.Info.Id));

        Assert.Equal(new SessionRevert(accepted.User.Info.Id), undone.Info.Revert);
        Assert.Equal(["session.updated", "tui.toast.show"], await StoryAsync(before));
        Assert.Empty(Snapshots.Set);
    }

    [Fact]
    public async Task Without_a_snapshot_to_come_back_to_the_files_stay_and_it_says_so()
    {
        var (session, asked) = await TwoTurnsAsync();
        Snapshots.Now = null;

        var undone = await AskAsync<Updated>(session.Id, new Revert(asked[1]));

        Assert.Equal(new SessionRevert(asked[1]), undone.Info.Revert);
        Assert.Empty(Snapshots.Set);
        Assert.Contains("no snapshot", Toast((await LogAsync())[^1]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_stay_as_they_are_are_named()
    {
        var (session, asked) = await TwoTurnsAsync();
        Snapshots.Problem = "Stay as they are: link (it is a link).";

        await AskAsync<Updated>(session.Id, new Revert(asked[1]));

        Assert.Equal(Snapshots.Problem, Toast((await LogAsync())[^1]));
    }

    [Fact]
    public async Task The_files_of_a_step_without_a_known_end_stay_and_that_is_told()
    {
        var session = await BeginAsync();
        await PromptAsync(session.Id);
        Model.Answer.Bash("c", "ls").EndWithCalls();
        await RunDryAsync();
        await KillAndStartAsync();
        (Snapshots.Now, Snapshots.Diffs) = ("half", []);
        var asked = (await MessagesAsync(session.Id))[0].Info.Id;

        await AskAsync<Updated>(session.Id, new Revert(asked));

        Assert.Empty(Snapshots.Set);
        Assert.Contains("no snapshot", Toast((await LogAsync())[^1]), StringComparison.Ordinal);
    }

    private async Task<(Session Session, List<MessageId> Asked)> TwoTurnsAsync()
    {
        var session = await BeginAsync();
        await ChangeAsync(session.Id, "one", File("a.txt", 1, 0));
        await ChangeAsync(session.Id, "two", File("b.txt", 1, 0));
        return (session, [.. (await MessagesAsync(session.Id)).Where(static message => message.Info is UserMessage).Select(static message => message.Info.Id)]);
    }

    private (TaskCompletionSource Files, TaskCompletionSource Go) Hold()
    {
        var (files, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        Snapshots.BeforeSetting = () =>
        {
            files.TrySetResult();
            return go.Task;
        };
        return (files, go);
    }

    private void AssertSet(string now, StepChange[] undone, StepChange[] before)
    {
        var set = Snapshots.Set[^1];
        Assert.Equal(now, set.Now);
        Assert.Equal(undone, Bare(set.Undone));
        Assert.Equal(before, Bare(set.Before));
    }

    private static string Toast(OpenCode.Actors.Journal.LogEntry entry)
    {
        Assert.Equal("tui.toast.show", entry.Type);
        return JsonDocument.Parse(entry.Properties).RootElement.GetProperty("message").GetString()!;
    }
}
