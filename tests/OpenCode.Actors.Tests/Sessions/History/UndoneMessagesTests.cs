using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Snapshots;

namespace OpenCode.Actors.Tests.Sessions.History;

/// <summary>Messages that are undone stay as they are: they say how their files come back.</summary>
public sealed class UndoneMessagesTests : UndoKit
{
    [Fact]
    public async Task From_the_first_undone_message_on_nothing_is_removed_or_changed_and_the_refusal_says_what_to_do()
    {
        var (session, messages) = await BeginWithThreeAsync();
        var first = messages.FindIndex(message => message.Info.Id == messages.Where(static other => other.Info is UserMessage).ElementAt(1).Info.Id);
        await AskAsync<Updated>(session, new Revert(messages[first].Info.Id));

        foreach (var message in messages.Skip(first))
        {
            await AssertRefusedAsync(session, message.Info.Id, new DeleteMessage(message.Info.Id));
            foreach (var part in message.Parts)
            {
                await AssertRefusedAsync(session, message.Info.Id, new DeletePart(message.Info.Id, part.Id));
                await AssertRefusedAsync(session, message.Info.Id, new UpdatePart(part));
            }
        }

        await AskAsync<Updated>(session, new Unrevert());
        Assert.Equal([new StepChange("one", "two"), new StepChange("two", "three")], Bare(Snapshots.Set[^1].Before));
        Assert.Equal(messages.Select(Whole), (await MessagesAsync(session)).Select(Whole));
        await AskAsync<HistoryEdited>(session, new DeleteMessage(messages[^1].Info.Id));
    }

    [Fact]
    public async Task A_message_that_is_cut_at_a_part_is_undone_as_well()
    {
        var session = (await BeginAsync()).Id;
        await PromptAsync(session);
        Model.Answer.Say("First, ");
        await StepAsync("one", File("a.txt", 1, 0));
        Model.Answer.Say("Done").End();
        await RunDryAsync();
        var answer = (await MessagesAsync(session))[1];
        await AskAsync<Updated>(session, new Revert(answer.Info.Id, answer.Parts.OfType<ToolPart>().Single().Id));

        await AssertRefusedAsync(session, answer.Info.Id, new DeletePart(answer.Info.Id, answer.Parts.OfType<StepStartPart>().Single().Id));
    }

    [Fact]
    public async Task What_is_before_is_removed_and_changed_and_what_is_nowhere_is_removed_already()
    {
        var (session, messages) = await BeginWithThreeAsync();
        await AskAsync<Updated>(session, new Revert(messages.Last(static message => message.Info is UserMessage).Info.Id));

        await AskAsync<HistoryEdited>(session, new UpdatePart((TextPart)messages[0].Parts[0] with { Text = "edited" }));
        await AskAsync<HistoryEdited>(session, new DeletePart(messages[0].Info.Id, messages[0].Parts[0].Id));
        await AskAsync<HistoryEdited>(session, new DeleteMessage(messages[0].Info.Id));
        await AskAsync<HistoryEdited>(session, new DeleteMessage(new MessageId("msg_zzz")));
        await AskAsync<Updated>(session, new Unrevert());

        Assert.Equal(messages.Skip(1).Select(Whole), (await MessagesAsync(session)).Select(Whole));
    }

    private static string Whole(MessageWithParts message) => $"{message.Info.Id} {string.Join(' ', message.Parts.Select(static part => part.Id))}";

    private async Task AssertRefusedAsync(SessionId session, MessageId message, ISessionCommand command)
    {
        var reason = (await AskAsync<PromptRejected>(session, command)).Reason;
        Assert.StartsWith($"The message {message} is undone. ", reason, StringComparison.Ordinal);
        Assert.Contains($"/session/{session}/unrevert", reason, StringComparison.Ordinal);
    }

    private async Task<(SessionId Session, List<MessageWithParts> Messages)> BeginWithThreeAsync()
    {
        var session = (await BeginAsync()).Id;
        foreach (var files in (string[])["one", "two", "three"])
            await ChangeAsync(session, files, File("a.txt", 1, 0));
        return (session, [.. await MessagesAsync(session)]);
    }
}
