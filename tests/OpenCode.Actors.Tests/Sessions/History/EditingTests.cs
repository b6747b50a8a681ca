using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Tests.Sessions.History;

/// <summary>Messages and parts are removed and changed: events report it, it survives a restart, and it is refused while a turn works on them.</summary>
public sealed class EditingTests : SessionsKit
{
    [Fact]
    public async Task A_part_is_changed_then_removed_then_its_answer_as_on_the_real_server()
    {
        var session = await TurnAsync("say hello", "Hello");
        var messages = await MessagesAsync(session.Id);
        var (asked, part) = (messages[0].Info.Id, (TextPart)messages[0].Parts[0]);
        var before = Journal.Head;

        await AskAsync<HistoryEdited>(session.Id, new UpdatePart(part with { Text = "edited" }));
        await AskAsync<HistoryEdited>(session.Id, new DeletePart(asked, part.Id));
        await AskAsync<HistoryEdited>(session.Id, new DeleteMessage(messages[1].Info.Id));

        Assert.Equal(["text 'edited'", "message.part.removed", "message.removed"], await StoryAsync(before));
        await KillAndStartAsync();
        var left = Assert.Single(await MessagesAsync(session.Id));
        Assert.Equal(asked, left.Info.Id);
        Assert.Empty(left.Parts);
        Assert.Empty(await RowsAsync(session.Id, "part"));
    }

    [Fact]
    public async Task A_model_is_told_of_the_history_as_it_was_edited()
    {
        var session = await TurnAsync("say hello", "Hello");
        var messages = await MessagesAsync(session.Id);
        await AskAsync<HistoryEdited>(session.Id, new UpdatePart((TextPart)messages[0].Parts[0] with { Text = "edited" }));
        await AskAsync<HistoryEdited>(session.Id, new DeleteMessage(messages[1].Info.Id));

        await PromptAsync(session.Id, "next");

        var told = string.Join('|', Model.Requests[^1].Messages.Select(static message => message.ToString()));
        Assert.Equal(2, Model.Requests[^1].Messages.Count);
        Assert.DoesNotContain("say hello", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_a_turn_runs_no_message_is_removed_and_its_own_is_not_touched()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Say("Hel");
        await RunDryAsync();
        var messages = await MessagesAsync(session.Id);
        var text = messages[1].Parts.OfType<TextPart>().Single();

        await AskAsync<SessionBusy>(session.Id, new DeleteMessage(messages[0].Info.Id));
        await AskAsync<SessionBusy>(session.Id, new DeletePart(messages[1].Info.Id, text.Id));
        await AskAsync<SessionBusy>(session.Id, new UpdatePart(text with { Text = "no" }));
        await AskAsync<HistoryEdited>(session.Id, new UpdatePart((TextPart)messages[0].Parts[0] with { Text = "edited" }));

        Model.Answer.Say("lo").End();
        await RunDryAsync();
        var ended = await MessagesAsync(session.Id);
        Assert.Equal(["edited", "Hello"], ended.Select(Text));
    }

    [Fact]
    public async Task A_refusal_under_a_name_stays_one()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        var delete = new Named("d", new DeleteMessage((await MessagesAsync(session.Id))[0].Info.Id));
        await AskAsync<SessionBusy>(session.Id, delete);
        Model.Answer.Say("x").End();
        await KillAndStartAsync();

        await AskAsync<SessionBusy>(session.Id, delete);

        Assert.Equal(2, (await MessagesAsync(session.Id)).Count);
    }

    [Fact]
    public async Task To_remove_what_is_not_there_changes_nothing()
    {
        var session = await TurnAsync("say hello", "Hello");
        var asked = (await MessagesAsync(session.Id))[0].Info.Id;
        var before = Journal.Head;

        await AskAsync<HistoryEdited>(session.Id, new DeleteMessage(new MessageId("msg_none")));
        await AskAsync<HistoryEdited>(session.Id, new DeletePart(asked, new PartId("prt_none")));

        Assert.Empty(await StoryAsync(before));
    }

    [Fact]
    public async Task A_part_of_an_unknown_message_or_with_an_id_of_another_message_is_refused_and_so_is_a_tool_that_runs()
    {
        var session = await TurnAsync("say hello", "Hello");
        var messages = await MessagesAsync(session.Id);
        var (asked, answer) = (messages[0].Info.Id, messages[1].Info.Id);
        var tool = new ToolPart(new PartId("prt_z"), session.Id, answer, "c", "bash", new ToolRunning(OpenCode.Actors.Protocol.Json.ProtocolJson.EmptyObject, new PartTime(1)));

        await AskAsync<MessageNotFound>(session.Id, new UpdatePart(new TextPart(new PartId("prt_z"), session.Id, new MessageId("msg_none"), "x")));
        await AskAsync<PromptRejected>(session.Id, new UpdatePart(new TextPart(messages[1].Parts[0].Id, session.Id, asked, "x")));
        await AskAsync<PromptRejected>(session.Id, new UpdatePart(tool));
        await AskAsync<HistoryEdited>(session.Id, new UpdatePart(new TextPart(new PartId("prt_z"), session.Id, asked, "added")));

        Assert.Equal("say helloadded", Text((await MessagesAsync(session.Id))[0]));
    }

    [Fact]
    public async Task A_prompt_that_was_removed_is_not_taken_again_by_a_late_copy()
    {
        var session = await CreateAsync();
        var prompt = new Named("p", Prompt("hello", key: "k"));
        var accepted = await AskAsync<PromptAccepted>(session.Id, prompt);
        Model.Answer.Say("x").End();
        await RunDryAsync();
        await AskAsync<HistoryEdited>(session.Id, new DeleteMessage(accepted.User.Info.Id));

        await AskAsync<MessageNotFound>(session.Id, prompt);
        await AskAsync<MessageNotFound>(session.Id, Prompt("hello", key: "k"));

        Assert.Single(await MessagesAsync(session.Id));
    }

    private async Task<Session> TurnAsync(string prompt, string answer)
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id, prompt);
        Model.Answer.Say(answer).End();
        await RunDryAsync();
        return session;
    }
}
