using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Tests.Sessions.History;

/// <summary>A fork has the messages of another session under ids of its own, and goes its own way.</summary>
public sealed class ForkingTests : SessionsKit
{
    [Fact]
    public async Task A_fork_is_told_by_its_session_then_each_message_with_its_parts()
    {
        var session = await TurnAsync("say hello", "Hello");
        var before = Journal.Head;

        var fork = Assert.IsType<Created>(await ForkAsync(session.Id)).Info;

        Assert.Equal(
            ["session.created", "user", "text 'say hello'", "assistant finish=stop completed", "step-start", "text 'Hello' end", "step-finish"], await StoryAsync(before));
        Assert.Equal(("T (fork #1)", null, Tokens.Zero), (fork.Title, fork.ParentId, fork.Tokens));
        await KillAndStartAsync();
        var (source, copy) = (await MessagesAsync(session.Id), await MessagesAsync(fork.Id));
        Assert.Equal(source.Select(Text), copy.Select(Text));
        Assert.Equal(copy[0].Info.Id, Assistant(copy[1]).ParentId);
        Assert.Equal(source[1].Info.Time, copy[1].Info.Time);
        Assert.All(copy, message => Assert.All(message.Parts, part => Assert.Equal((fork.Id, message.Info.Id), (part.SessionId, part.MessageId))));
        Assert.True(string.CompareOrdinal(copy[0].Info.Id.Value, copy[1].Info.Id.Value) < 0);
        Assert.Empty(source.Select(message => message.Info.Id).Intersect(copy.Select(message => message.Info.Id)));
    }

    [Fact]
    public async Task A_fork_before_a_message_has_what_was_before_and_goes_on_from_there()
    {
        var session = await TurnAsync("one", "first");
        await PromptAsync(session.Id, "two");
        Model.Answer.Say("second").End();
        await RunDryAsync();

        var fork = Assert.IsType<Created>(await ForkAsync(session.Id, (await MessagesAsync(session.Id))[2].Info.Id)).Info;
        await PromptAsync(fork.Id, "other");
        Model.Answer.Say("third").End();
        await RunDryAsync();

        Assert.Equal(["one", "first", "other", "third"], (await MessagesAsync(fork.Id)).Select(Text));
        Assert.Equal(["one", "first", "two", "second"], (await MessagesAsync(session.Id)).Select(Text));
        Assert.Equal(3, Model.Requests[^1].Messages.Count);
    }

    [Fact]
    public async Task A_fork_of_an_open_turn_shows_nothing_as_running()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Say("I run it").Bash("c1", "sleep 20").EndWithCalls();
        await RunDryAsync();
        Tools.Tool.Begin();
        await RunDryAsync();

        var fork = Assert.IsType<Created>(await ForkAsync(session.Id)).Info;

        var copy = await MessagesAsync(fork.Id);
        Assert.IsType<ToolError>(Tool(copy[1]).State);
        Assert.NotNull(Assistant(copy[1]).Time.Completed);
        Assert.IsType<IdleStatus>(await StatusAsync(fork.Id));
        Assert.IsType<BusyStatus>(await StatusAsync(session.Id));
    }

    [Fact]
    public async Task What_is_forbidden_in_a_session_is_forbidden_in_its_fork()
    {
        var session = await CreateAsync(permission: [new PermissionRule("bash", "*", PermissionAction.Deny)]);

        var fork = Assert.IsType<Created>(await ForkAsync(session.Id)).Info;

        Assert.Equal(session.Permission, fork.Permission);
    }

    [Theory]
    [InlineData("T", "T (fork #1)")]
    [InlineData("T (fork #1)", "T (fork #2)")]
    [InlineData("T (fork #9)", "T (fork #10)")]
    [InlineData("T (fork #)", "T (fork #) (fork #1)")]
    [InlineData(" (fork #1)", " (fork #1) (fork #1)")]
    [InlineData("T (fork #1) ", "T (fork #1)  (fork #1)")]
    public async Task A_fork_counts_in_its_title(string title, string expected)
    {
        var session = await CreateAsync(title: title);

        Assert.Equal(expected, Assert.IsType<Created>(await ForkAsync(session.Id)).Info.Title);
    }

    [Fact]
    public async Task A_fork_of_what_is_not_there_is_refused_and_makes_nothing()
    {
        var session = await CreateAsync();

        Assert.IsType<SessionNotFound>(await ForkAsync(new SessionId("ses_none")));
        Assert.IsType<MessageNotFound>(await ForkAsync(session.Id, new MessageId("msg_none")));

        Assert.Single(await ListAsync());
    }

    private Task<object> ForkAsync(SessionId session, MessageId? before = null) => RunUntilAsync(Sessions.ForkAsync(session, before, CancellationToken.None));

    private async Task<Session> TurnAsync(string prompt, string answer)
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id, prompt);
        Model.Answer.Say(answer).End();
        await RunDryAsync();
        return session;
    }
}
