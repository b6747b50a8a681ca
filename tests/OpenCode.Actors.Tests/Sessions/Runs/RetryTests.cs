using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Tests.Sessions.Runs;

public sealed class RetryTests : SessionsKit
{
    [Fact]
    public async Task A_model_that_fails_is_tried_again_after_2_4_8_seconds_each_shown()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);

        foreach (var (attempt, seconds) in ((int, int)[])[(1, 2), (2, 4), (3, 8)])
        {
            Model.Answer.Fail(new ModelException("mock internal error", retryable: true, 500));
            await RunDryAsync();
            var status = Assert.IsType<RetryStatus>(await StatusAsync(session.Id));
            Assert.Equal((attempt, "mock internal error"), (status.Attempt, status.Message));
            Assert.Equal(Time.GetUtcNow().AddSeconds(seconds).ToUnixTimeMilliseconds(), status.Next);

            Time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.Equal(attempt, Model.Requests.Count);
            Time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal(attempt + 1, Model.Requests.Count);
        }

        Model.Answer.Say("At last.").End();
        Assert.Equal(
            ["status busy", "status retry", "status busy", "status retry", "status busy", "status retry", "status busy", "status idle"],
            (await StoryAsync()).Where(line => line.StartsWith("status", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task After_five_retries_the_error_is_on_the_message_and_the_session_idle()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        var before = Journal.Head;

        foreach (var seconds in (int[])[2, 4, 8, 16, 30])
        {
            Model.Answer.Fail(new ModelException("mock internal error", retryable: true, 500, responseBody: "{}"));
            await RunDryAsync();
            Time.Advance(TimeSpan.FromSeconds(seconds));
        }

        Model.Answer.Fail(new ModelException("mock internal error", retryable: true, 500, responseBody: "{}"));
        await RunDryAsync();
        Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(6, Model.Requests.Count);
        Assert.Equal(["assistant error=APIError completed", "error APIError", "status idle", "idle"], (await StoryAsync(before))[^4..]);
        var error = Assistant((await MessagesAsync(session.Id))[1]).Error!.Data;
        Assert.Equal(("mock internal error", 500, true, "{}"), (error.Message, error.StatusCode, error.IsRetryable, error.ResponseBody));
    }

    [Fact]
    public async Task Text_without_a_letter_does_not_hold_the_answer_up()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        foreach (var text in (string[])["", "Hel", "", "lo"])
        {
            Model.Answer.Say(text);
            await RunDryAsync();
        }

        Model.Answer.End();
        await RunDryAsync();

        Assert.Equal("Hello", Text((await MessagesAsync(session.Id))[1]));
        Assert.Equal(SessionStatus.Idle, await StatusAsync(session.Id));
    }

    [Fact]
    public async Task No_model_is_tried_again_before_the_journal_has_noted_it()
    {
        await PromptAsync((await CreateAsync()).Id);
        Model.Answer.Fail(new ModelException("mock internal error", retryable: true, 500));
        await RunDryAsync();
        Faulty.Hold();

        Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Single(Model.Requests);
        Faulty.Release();
        await RunDryAsync();

        Assert.Equal(2, Model.Requests.Count);
    }

    [Fact]
    public async Task Retry_After_of_the_provider_goes_before()
    {
        await PromptAsync((await CreateAsync()).Id);
        Model.Answer.Fail(new ModelException("slow down", retryable: true, 429, TimeSpan.FromSeconds(30)));

        Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Single(Model.Requests);
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, Model.Requests.Count);
    }

    [Fact]
    public async Task A_stream_that_is_cut_closes_its_part_and_the_next_try_says_all_again_in_a_new_one()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Say("This is cut ").Fail(new ModelException("Connection reset", retryable: true));
        await RunDryAsync();
        Time.Advance(TimeSpan.FromSeconds(2));
        Model.Answer.Say("This is whole.").End();
        await RunDryAsync();
        await PromptAsync(session.Id, "next");

        var answer = (await MessagesAsync(session.Id))[1];
        Assert.Equal(["This is cut ", "This is whole."], answer.Parts.OfType<OpenCode.Actors.Protocol.Parts.TextPart>().Select(part => part.Text));
        Assert.Equal("This is whole.", Assert.IsType<AssistantTurn>(Model.Requests[^1].Messages[1]).Text);
    }

    [Fact]
    public async Task A_stream_that_says_nothing_for_long_is_cut_and_tried_again()
    {
        Options.ModelSilenceMs = 60_000;
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Say("a");
        Time.Advance(TimeSpan.FromSeconds(59));
        Model.Answer.Say("b");
        Time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(Model.Answer.WasCancelled);

        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(Model.Answers[0].WasCancelled);
        Assert.IsType<RetryStatus>(await StatusAsync(session.Id));
        Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, Model.Requests.Count);
    }

    [Fact]
    public async Task A_stream_without_an_end_is_tried_again_only_by_its_model_exception()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);

        Model.Answer.Say("x").Fail(new InvalidOperationException("a bug"));
        await RunDryAsync();

        Assert.Contains("a bug", Assistant((await MessagesAsync(session.Id))[1]).Error!.Data.Message, StringComparison.Ordinal);
        Assert.Equal(["text 'x' end", "assistant error=UnknownError completed", "error UnknownError", "status idle", "idle"], (await StoryAsync())[^5..]);
    }

    [Fact]
    public async Task An_error_that_is_final_is_told_with_the_providers_words_and_one_idle()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        var before = Journal.Head;

        Model.Answer.Fail(new ModelException("mock bad request", retryable: false, 400, responseBody: "{}"));

        Assert.Equal(["assistant error=APIError completed", "error APIError", "status idle", "idle"], await StoryAsync(before));
        var error = Assistant((await MessagesAsync(session.Id))[1]).Error!;
        Assert.Equal(("mock bad request", 400, false), (error.Data.Message, error.Data.StatusCode, error.Data.IsRetryable));
    }
}
