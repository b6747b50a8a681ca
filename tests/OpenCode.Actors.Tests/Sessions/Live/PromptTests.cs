using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Reads;

namespace OpenCode.Actors.Tests.Sessions.Live;

public sealed class PromptTests : SessionsKit
{
    [Fact]
    public async Task A_plain_reply_tells_the_events_of_the_trace_prompt_text_in_order()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id, "say hello");

        Model.Answer.Say("Hello ");
        await RunDryAsync();
        Model.Answer.Say("world.").End();

        Assert.Equal(
            [
                "session.created", "session.updated", "user", "text 'say hello'", "session.updated", "status busy", "assistant",
                "step-start", "text ''", "delta 'Hello '", "delta 'world.'", "text 'Hello world.' end",
                "step-finish", "assistant finish=stop", "assistant finish=stop completed", "session.updated", "status idle", "idle",
            ],
            await StoryAsync());
    }

    [Fact]
    public async Task Reasoning_is_a_part_of_its_own_before_the_text()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        var before = Journal.Head;

        Model.Answer.Think("Let me ");
        await RunDryAsync();
        Model.Answer.Think("think.").Say("Done.").End();

        Assert.Equal(
            ["step-start", "reasoning ''", "delta 'Let me '", "delta 'think.'", "reasoning 'Let me think.' end", "text ''", "delta 'Done.'", "text 'Done.' end"],
            (await StoryAsync(before)).Take(8));
    }

    [Fact]
    public async Task The_end_of_a_turn_is_told_with_an_offset_that_holds_idle()
    {
        var session = await CreateAsync();
        var accepted = await PromptAsync(session.Id);
        var wait = AwaitTurn(session.Id, accepted);
        await RunDryAsync();
        Assert.False(wait.IsCompleted);

        Model.Answer.Say("Hello.").End();
        await RunDryAsync();

        var ended = Assert.IsType<TurnEnded>(await RunUntilAsync(wait));
        Assert.Equal("Hello.", Text(ended.Message));
        Assert.Equal("session.idle", (await LogAsync()).Last(e => e.Offset <= ended.Offset).Type);
        Assert.Equal(ended, (await EndOfAsync(session.Id, accepted)) with { Message = ended.Message });
    }

    // Rule "One look for one decision".
    [Fact]
    public async Task A_prompt_rests_on_one_look_at_the_configuration()
    {
        var session = await CreateAsync();
        var looks = 0;
        Config.Change = agents =>
        {
            looks++;
            return agents;
        };

        await AskAsync<PromptAccepted>(session.Id, Prompt("context only", noReply: true));

        Assert.Equal(1, looks);
    }

    [Fact]
    public async Task NoReply_takes_the_message_and_starts_nothing()
    {
        var session = await CreateAsync();

        var accepted = await AskAsync<PromptAccepted>(session.Id, Prompt("context only", noReply: true));

        Assert.IsType<UserMessage>(accepted.User.Info);
        Assert.Empty(Model.Requests);
        Assert.Equal(["session.created", "session.updated", "user", "text 'context only'", "session.updated"], await StoryAsync());
    }

    [Fact]
    public async Task A_repeated_messageID_answers_as_the_first_time()
    {
        var session = await CreateAsync();
        var first = await PromptAsync(session.Id, "one", "msg_client1");
        var head = Journal.Head;

        var again = await PromptAsync(session.Id, "other text", "msg_client1");

        Assert.Equal(first.Turn, again.Turn);
        Assert.Equal("one", Text(again.User));
        Assert.Equal(head, Journal.Head);
        Assert.Single(Model.Requests);
    }

    [Fact]
    public async Task A_repeated_idempotency_key_answers_as_the_first_time_also_after_a_crash()
    {
        var session = await CreateAsync();
        var first = await PromptAsync(session.Id, "one", key: "k1");
        await KillAndStartAsync();

        var again = await PromptAsync(session.Id, "one", key: "k1");

        Assert.Equal(first.Turn, again.Turn);
        Assert.Single(Model.Requests);
    }

    [Fact]
    public async Task A_messageID_that_names_an_answer_is_the_callers_mistake()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        var answer = (await MessagesAsync(session.Id))[^1].Info.Id;

        await AskAsync<PromptRejected>(session.Id, Prompt("x", answer.Value));
    }

    [Fact]
    public async Task A_prompt_has_a_bounded_number_of_parts()
    {
        var session = await CreateAsync();
        var prompt = Prompt("x");

        Assert.Contains("parts: the prompt has 2001", (await AskAsync<PromptRejected>(session.Id, Of(2_001))).Reason, StringComparison.Ordinal);
        await AskAsync<PromptAccepted>(session.Id, Of(2_000));

        TakePrompt Of(int parts) => prompt with { Request = prompt.Request with { Parts = [.. Enumerable.Repeat(new TextPromptPart("x"), parts)] } };
    }

    [Fact]
    public async Task An_unknown_model_is_an_error_and_one_idle_and_no_answer()
    {
        var session = await CreateAsync();
        var before = Journal.Head;

        var accepted = await AskAsync<PromptAccepted>(session.Id, Prompt("x", model: new ModelRef("nope", "nope-1")));

        Assert.Contains("nope/nope-1", accepted.Error!.Data.Message, StringComparison.Ordinal);
        Assert.Equal(
            ["session.updated", "user", "text 'x'", "session.updated", "status busy", "error UnknownError", "status idle", "idle"], await StoryAsync(before));
        var ended = await EndOfAsync(session.Id, accepted);
        Assert.IsType<UserMessage>(ended.Message.Info);
    }

    [Fact]
    public async Task A_prompt_while_busy_is_told_at_once_and_taken_up_before_the_next_step_with_one_idle()
    {
        var session = await CreateAsync();
        var first = await PromptAsync(session.Id, "one");
        Model.Answer.Bash("c1", "sleep 2").EndWithCalls();
        await RunDryAsync();
        var before = Journal.Head;

        var second = await PromptAsync(session.Id, "two");
        var third = await PromptAsync(session.Id, "three");
        Assert.Equal(["user", "text 'two'", "session.updated", "user", "text 'three'", "session.updated"], await StoryAsync(before));

        Tools.Tool.End("done");
        await RunDryAsync();
        Assert.Equal(2, Model.Requests.Count);
        Assert.Equal(5, Model.Requests[1].Messages.Count); // one, the call, its result, two, three
        Model.Answer.Say("All done.").End();

        var story = await StoryAsync();
        Assert.Single(story, "status idle");
        Assert.Single(story, "idle");
        Assert.Single(story, "status busy");
        foreach (var accepted in (PromptAccepted[])[first, second, third])
        {
            var ended = await EndOfAsync(session.Id, accepted);
            Assert.Equal("All done.", Text(ended.Message));
        }
    }

    [Fact]
    public async Task Too_many_queued_prompts_are_refused()
    {
        Options.MaxQueuedPrompts = 2;
        var session = await CreateAsync();
        await PromptAsync(session.Id, "one");
        await PromptAsync(session.Id, "two");
        await PromptAsync(session.Id, "three");

        var refused = await AskAsync<TooManyPrompts>(session.Id, Prompt("four"));

        Assert.Equal(2, refused.Limit);
    }

    [Fact]
    public async Task Ids_ascend_also_after_a_client_whose_clock_is_an_hour_fast()
    {
        var session = await CreateAsync();
        var ahead = new OpenCode.Actors.Protocol.Ids.IdFactory(new FastClock(Time), Entropy.Fill).NewMessage();
        await PromptAsync(session.Id, "one", ahead.Value);
        Model.Answer.Say("x").End();
        await RunDryAsync();
        await KillAndStartAsync();
        await PromptAsync(session.Id, "two");

        var ids = (await MessagesAsync(session.Id)).Select(message => message.Info.Id.Value).ToList();

        Assert.Equal(4, ids.Count);
        Assert.Equal(ahead.Value, ids[0]);
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
    }

    [Fact]
    public async Task The_model_is_not_offered_a_tool_that_the_session_denies()
    {
        var session = await CreateAsync(permission: [new("question", "*", PermissionAction.Deny)]);

        await PromptAsync(session.Id);

        Assert.Equal(["bash"], Model.Requests[0].Tools.Select(tool => tool.Name));
    }

    [Fact]
    public async Task Durable_events_are_numbered_from_zero_without_gaps_over_a_restart()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Say("x");
        await RunDryAsync();
        await KillAndStartAsync();
        await PromptAsync(session.Id);
        Model.Answer.Say("y").End();

        var numbers = (await LogAsync()).Where(entry => entry.Sequence >= 0).Select(entry => entry.Sequence).ToList();

        Assert.Equal(Enumerable.Range(0, numbers.Count).Select(n => (long)n), numbers);
    }

    private sealed class FastClock(TimeProvider time) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => time.GetUtcNow().AddHours(1);
    }

    [Fact]
    public async Task A_prompt_is_refused_with_what_is_wrong_in_the_configuration_of_its_location_and_a_note_is_taken()
    {
        var session = await CreateAsync();
        Model.Fault = "opencode.json: model: 'a/b' is not there.";

        Assert.Equal(Model.Fault, (await AskAsync<PromptRejected>(session.Id, Prompt("hello"))).Reason);
        await AskAsync<PromptAccepted>(session.Id, Prompt("a note", noReply: true));
        Assert.Empty(Model.Requests);
        Model.Fault = null;
        await PromptAsync(session.Id);
        Assert.Single(Model.Requests);
    }
}
