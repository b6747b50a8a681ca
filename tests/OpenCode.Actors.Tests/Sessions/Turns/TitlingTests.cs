using Microsoft.Extensions.Logging;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.Titles;

namespace OpenCode.Actors.Tests.Sessions.Turns;

/// <summary>Titles, which come beside the first turn and never in its way.</summary>
public sealed class TitlingTests : SessionsKit
{
    [Fact]
    public async Task The_first_prompt_asks_a_model_for_a_title_beside_its_turn()
    {
        var session = await CreateAsync(title: null);
        await PromptAsync(session.Id, "say hello please");
        Assert.Equal(2, Model.Requests.Count);

        Answer(isTitle: false).Say("Hello.").End();
        await RunDryAsync();
        Assert.Equal(SessionStatus.Idle, await StatusAsync(session.Id)); // without having waited for it
        var before = Journal.Head;
        Answer(isTitle: true).Say("<think>hm</think>\n\n A fine ").Say("title\nsecond line").End();

        Assert.Equal(["session.updated"], await StoryAsync(before));
        Assert.Equal("A fine title", await TitleAsync(session.Id));
        Assert.Contains("say hello please", Assert.IsType<UserTurn>(Assert.Single(TitleRequest().Messages)).Text, StringComparison.Ordinal);
        Assert.Empty(TitleRequest().Tools);

        await PromptAsync(session.Id, "again");
        Assert.Equal(3, Model.Requests.Count);
    }

    [Fact]
    public async Task A_title_that_a_user_gave_meanwhile_stays()
    {
        var session = await CreateAsync(title: null);
        await PromptAsync(session.Id);
        await AskAsync<Updated>(session.Id, new Update(new UpdateSession { Title = "Mine" }));

        Answer(isTitle: true).Say("Not mine").End();
        await RunDryAsync();

        Assert.Equal("Mine", await TitleAsync(session.Id));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_an_answer_the_title_is_the_prompt_in_short(bool fails)
    {
        var session = await CreateAsync(title: null);
        await PromptAsync(session.Id, "\n  a prompt of more than fifty characters, which a title cannot be  \nmore");

        if (fails)
            Answer(isTitle: true).Fail(new ModelException("no", retryable: true, 500));
        else
            Time.Advance(TimeSpan.FromMinutes(1));
        await RunDryAsync();

        Assert.Equal("a prompt of more than fifty characters, which a t…", await TitleAsync(session.Id));
    }

    [Theory]
    [InlineData("status", "status 401")]
    [InlineData("broken", "HttpRequestException")]
    [InlineData("silent", "60 s")]
    public async Task A_call_that_gives_no_title_is_one_warning_without_the_words_of_the_provider(string how, string reason)
    {
        var session = await CreateAsync(title: null);
        await PromptAsync(session.Id);

        if (how == "status")
            Answer(isTitle: true).Fail(new ModelException("Wrong key: sk-secret", retryable: false, 401, responseBody: "sk-secret"));
        else if (how == "broken")
            Answer(isTitle: true).Fail(new HttpRequestException("sk-secret"));
        else
            Time.Advance(TimeSpan.FromMinutes(1));
        await RunDryAsync();

        var warning = Assert.Single(Logs.Records, static record => record.Level >= LogLevel.Warning);
        Assert.Equal(LogLevel.Warning, warning.Level);
        Assert.Contains(reason, warning.Message, StringComparison.Ordinal);
        Assert.Contains("mock/mock-1", warning.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", $"{warning.Message} {warning.Exception}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sessions_that_have_a_title_and_children_ask_for_none()
    {
        var named = await CreateAsync(title: "Given");
        await PromptAsync(named.Id);
        var child = await CreateAsync(parent: named.Id, title: null);
        await PromptAsync(child.Id);

        Assert.Equal(2, Model.Requests.Count);
        Assert.StartsWith("Child session - ", await TitleAsync(child.Id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_title_that_a_restart_cut_comes_with_the_next_prompt()
    {
        var session = await CreateAsync(title: null);
        await PromptAsync(session.Id, "one");
        Answer(isTitle: false).Say("Hello.").End();
        await RunDryAsync();

        await KillAndStartAsync();
        await PromptAsync(session.Id, "two");
        Answer(isTitle: true).Say("Two").End();
        await RunDryAsync();

        Assert.Equal("Two", await TitleAsync(session.Id));
    }

    [Fact]
    public async Task A_session_that_is_deleted_meanwhile_gets_none()
    {
        var session = await CreateAsync(title: null);
        await PromptAsync(session.Id);

        await RunUntilAsync(Sessions.AskAsync(new IndexQuery.Delete(session.Id), CancellationToken.None));

        Assert.True(Answer(isTitle: true).WasCancelled);
        Assert.Equal("session.deleted", (await LogAsync())[^1].Type);
    }

    [Theory]
    [InlineData("New session - 2026-11-29T10:36:30.408Z", true)]
    [InlineData("New session - 2026-11-29T10:36:30.408Z (fork #1)", false)]
    [InlineData("New session - soon", false)]
    [InlineData("", false)]
    public void The_title_that_a_session_is_made_with_is_known(string title, bool isDefault) => Assert.Equal(isDefault, TitleText.IsDefault(title));

    [Theory]
    [InlineData("", null)]
    [InlineData(" \n\t\n", null)]
    [InlineData("<think>never ends", null)]
    [InlineData("<think>a</think>\"Quoted\"", "\"Quoted\"")]
    public void The_first_line_of_an_answer_that_is_no_thought_is_the_title(string answer, string? title) => Assert.Equal(title, TitleText.OfAnswer(answer));

    [Fact]
    public void A_long_answer_is_cut_and_no_character_halved()
    {
        var title = TitleText.OfAnswer(new string('x', 98) + "😀😀😀");

        Assert.Equal(new string('x', 98) + "…", title);
    }

    private protected override SessionSetup Arrange(SessionSetup setup) => setup with { AsksTitles = true };

    private ScriptedAnswer Answer(bool isTitle) => Model.Answers[Model.Requests.FindLastIndex(request => IsTitle(request) == isTitle)];

    private ModelRequest TitleRequest() => Model.Requests.Find(IsTitle)!;

    private static bool IsTitle(ModelRequest request) => request.System?.StartsWith("You name conversations", StringComparison.Ordinal) == true;

    private async Task<string> TitleAsync(SessionId id) =>
        System.Text.Json.JsonSerializer.Deserialize((await RowsAsync(id, "session"))[0].Json.Span, ProtocolJson.Wire.Session)!.Title;
}
