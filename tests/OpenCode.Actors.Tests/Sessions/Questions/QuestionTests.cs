using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Index;

namespace OpenCode.Actors.Tests.Sessions.Questions;

public sealed class QuestionTests : SessionsKit
{
    private static readonly IReadOnlyList<IReadOnlyList<string>> _red = [["Red"]];

    [Fact]
    public async Task A_question_is_asked_listed_and_answered_once()
    {
        var session = await AskedAsync();
        Assert.Equal(["tool pending", "question.asked", "tool running"], (await StoryAsync())[^3..]);
        var request = Assert.Single(await QuestionsAsync());
        Assert.Equal("Which colour?", Assert.Single(request.Questions).Question);

        Assert.IsType<RequestAnswered>(await ReplyAsync(new ReplyQuestion(request.Id, _red)));

        Assert.IsType<QuestionNotFound>(await ReplyAsync(new ReplyQuestion(request.Id, _red)));
        var completed = Assert.IsType<ToolCompleted>(Tool((await MessagesAsync(session.Id))[1]).State);
        Assert.Equal("Red", completed.Metadata.GetProperty("answers")[0][0].GetString());
        Assert.Contains("\"Which colour?\" = \"Red\"", Assert.IsType<ToolResult>(Model.Requests[1].Messages[^1]).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_question_that_is_rejected_ends_the_turn()
    {
        var session = await AskedAsync();
        var before = Journal.Head;

        Assert.IsType<RequestAnswered>(await ReplyAsync(new RejectQuestion(Assert.Single(await QuestionsAsync()).Id)));

        Assert.Equal(
            ["question.rejected", "tool error", "step-finish", "assistant finish=tool-calls", "assistant finish=tool-calls completed", "session.updated", "status idle", "idle"],
            await StoryAsync(before));
        Assert.IsType<IdleStatus>(await StatusAsync(session.Id));
        Assert.Single(Model.Requests);
    }

    [Fact]
    public async Task A_question_is_still_pending_after_a_crash()
    {
        var session = await AskedAsync();
        var request = Assert.Single(await QuestionsAsync());
        await KillAndStartAsync();
        Assert.Equal(request.Id, Assert.Single(await QuestionsAsync()).Id);

        Assert.IsType<RequestAnswered>(await ReplyAsync(new ReplyQuestion(request.Id, _red)));
        Model.Answer.Say("Red it is.").End();
        await RunDryAsync();

        Assert.Equal("Red it is.", Text((await MessagesAsync(session.Id))[^1]));
        Assert.IsType<IdleStatus>(await StatusAsync(session.Id));
    }

    [Fact]
    public async Task A_question_the_model_did_not_write_well_is_an_error_it_can_read()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);

        Model.Answer.Call("c1", "question", """{"questions":"none"}""").EndWithCalls();
        await RunDryAsync();

        Assert.IsType<ToolError>(Tool((await MessagesAsync(session.Id))[1]).State);
        Assert.True(Assert.IsType<ToolResult>(Model.Requests[1].Messages[^1]).IsError);
        Assert.Empty(await QuestionsAsync());
    }

    private async Task<Session> AskedAsync()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Ask("c1", "Which colour?").EndWithCalls();
        await RunDryAsync();
        return session;
    }

    private async Task<IReadOnlyList<QuestionRequest>> QuestionsAsync() =>
        (await AskAsync<IndexQuery.Questions>(Index, new IndexQuery.ListQuestions())).Requests;
}
