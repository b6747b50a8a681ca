using System.Text;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Tests.Sessions.Live;

public sealed class RecoveryTests : SessionsKit
{
    [Fact]
    public async Task A_turn_that_a_crash_cut_is_closed_as_aborted_and_keeps_its_text()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Say("half ").Say("a sentence");
        await RunDryAsync();
        var before = Journal.Head;

        await KillAndStartAsync();

        Assert.Equal(
            ["text 'half a sentence' end", "assistant error=MessageAbortedError completed", "error MessageAbortedError", "status idle", "idle"], await StoryAsync(before));
        Assert.Equal("half a sentence", Text((await MessagesAsync(session.Id))[1]));
        Assert.IsType<IdleStatus>(await StatusAsync(session.Id));
    }

    [Fact]
    public async Task Text_is_stored_after_a_second_and_what_came_later_is_folded_on_top()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Say("one ");
        Time.Advance(TimeSpan.FromSeconds(1));
        var rows = await RowsAsync("open");
        Assert.Contains("one ", Assert.Single(rows), StringComparison.Ordinal);

        Model.Answer.Say("two ").Say("three");
        await RunDryAsync();
        Assert.Equal("one two three", Text((await MessagesAsync(session.Id))[1]));
        await KillAndStartAsync();

        Assert.Equal("one two three", Text((await MessagesAsync(session.Id))[1]));
        Assert.Empty(await RowsAsync("open"));
    }

    [Fact]
    public async Task Text_is_stored_after_16_KiB_without_waiting()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);

        Model.Answer.Say(new string('x', 16 * 1024));
        await RunDryAsync();

        Assert.Contains("xxxx", Assert.Single(await RowsAsync("open")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_text_is_stored_after_a_share_of_its_length_and_is_whole_after_a_crash()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        var text = new StringBuilder();
        var (stored, last) = (0L, "");

        for (var i = 0; i < 64; i++)
        {
            var piece = new string((char)('a' + (i % 26)), 16 * 1024);
            text.Append(piece);
            Model.Answer.Say(piece);
            await RunDryAsync();
            var row = Assert.Single(await RowsAsync("open"));
            stored += row == last ? 0 : row.Length;
            last = row;
        }

        Assert.InRange(stored, text.Length, 12L * text.Length); // Stored whole with each piece, it is 32 times as much.
        await KillAndStartAsync();
        Assert.Equal(text.ToString(), Text((await MessagesAsync(session.Id))[1]));
    }

    [Fact]
    public async Task A_crash_during_a_command_kills_what_is_left_of_it()
    {
        var session = await CreateAsync();
        await AskAsync<PromptAccepted>(session.Id, new RunShell(new("sleep 1000", "build")));
        Tools.Tool.Begin(group: 99);
        await RunDryAsync();

        await KillAndStartAsync();

        Assert.Equal(99, Assert.Single(Tools.Killed).GroupId);
        Assert.IsType<ToolError>(Tool((await MessagesAsync(session.Id))[1]).State);
        Assert.IsType<IdleStatus>(await StatusAsync(session.Id));
        await KillAndStartAsync();
        Assert.Single(Tools.Killed);
    }

    [Fact]
    public async Task Prompts_that_waited_are_closed_with_the_turn()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id, "one");
        var second = await PromptAsync(session.Id, "two");
        await KillAndStartAsync();

        var ended = await EndOfAsync(session.Id, second);

        Assert.Equal("MessageAbortedError", Assistant(ended.Message).Error!.Name);
        await PromptAsync(session.Id, "three");
        Assert.Equal(["one", "two", "three"], Model.Requests[^1].Messages.Select(message => Assert.IsType<OpenCode.Actors.Sessions.Models.UserTurn>(message).Text));
    }

    /// <summary>Crash truth at every write: whatever the power cut leaves, nothing runs, nothing is busy, and what was published is there.</summary>
    [Fact]
    public async Task A_power_cut_at_any_write_of_a_turn_leaves_the_truth()
    {
        for (var operations = 0; ; operations++)
        {
            await using var kit = new CrashKit(operations);
            await kit.InitializeAsync();
            if (!await kit.CrashAndCheckAsync())
                break;
        }
    }

    private async Task<List<string>> RowsAsync(string kind)
    {
        await RunDryAsync();
        var rows = new List<string>();
        await foreach (var row in Journal.ListAsync(kind, CancellationToken.None))
            rows.Add(Encoding.UTF8.GetString(row.Json.Span));
        return rows;
    }

    private sealed class CrashKit(int operations) : SessionsKit
    {
        public async Task<bool> CrashAndCheckAsync()
        {
            var session = await CreateAsync();
            Disk.OperationsUntilCrash = operations;
            try
            {
                await PlayAsync(session);
            }
            catch (Exception) when (Disk.OperationsUntilCrash is null)
            {
                // The power went.
            }

            var crashed = Disk.OperationsUntilCrash is null;
            Disk.OperationsUntilCrash = null;
            await KillAndStartAsync();

            var messages = await MessagesAsync(session.Id);
            foreach (var message in messages)
            {
                Assert.DoesNotContain(message.Parts, part => part is ToolPart { State: ToolPending or ToolRunning });
                Assert.DoesNotContain(message.Parts, part => part is TextPart { Time: { End: null } });
                if (message.Info is AssistantMessage assistant)
                    Assert.NotNull(assistant.Time.Completed);
            }

            Assert.IsType<IdleStatus>(await StatusAsync(session.Id));
            Assert.True(messages.Count(message => message.Info is UserMessage) <= 1);
            await PromptAsync(session.Id, "again");
            Model.Answer.Say("fine").End();
            await RunDryAsync();
            Assert.Equal("fine", Text((await MessagesAsync(session.Id))[^1]));
            var numbers = (await LogAsync()).Where(entry => entry.Sequence >= 0).Select(entry => entry.Sequence).ToList();
            Assert.Equal(Enumerable.Range(0, numbers.Count).Select(n => (long)n), numbers);
            return crashed;
        }

        private async Task PlayAsync(Session session)
        {
            await PromptAsync(session.Id);
            Model.Answer.Say("Let me look. ").Bash("c1", "ls").EndWithCalls();
            await RunDryAsync();
            Tools.Tool.Begin();
            Tools.Tool.Output("a\n");
            await RunDryAsync();
            Tools.Tool.End("a\nb\n");
            await RunDryAsync();
            Model.Answer.Say("There is ");
            Time.Advance(TimeSpan.FromSeconds(1));
            Model.Answer.Say("a and b.").End();
            await RunDryAsync();
        }
    }
}
