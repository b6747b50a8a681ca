using Akka.Actor;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Setup;

namespace OpenCode.Actors.Tests.Sessions.Nodes;

/// <summary>The way in on a node that is one of many: rule "Reads come from the database", rule "Unknown sessions end at the entry".</summary>
public sealed class NodeSessionsTests : SessionsKit
{
    private readonly List<SessionId?> _parents = [];

    private protected override SessionSetup Arrange(SessionSetup setup) => setup with
    {
        Claims = new ScriptedClaims(),
        NewSession = (ids, parent) =>
        {
            _parents.Add(parent);
            return ids.NewSession();
        },
    };

    [Fact]
    public async Task A_read_has_the_streamed_text_and_needs_no_actor()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Say("streamed ");
        await RunDryAsync();
        Time.Advance(TimeSpan.FromSeconds(1)); // Stored.
        Model.Answer.Say("text");
        await RunDryAsync();
        var byActor = await MessagesAsync(session.Id);
        Sys.Stop(Region);

        var page = Assert.IsType<MessagePage>(await ReadAsync(session.Id, new GetMessages()));

        Assert.Equal(byActor.Select(static message => message.Info), page.Page.Select(static message => message.Info));
        Assert.Equal("streamed text", Text(page.Page[1]));
        var found = Assert.IsType<MessageFound>(await ReadAsync(session.Id, new GetMessage(page.Page[0].Info.Id)));
        Assert.Equal("hello", Text(found.Message));
        Assert.IsType<MessageNotFound>(await ReadAsync(session.Id, new GetMessage(new MessageId("msg_none"))));
    }

    [Fact]
    public async Task Pages_from_the_rows_are_those_of_the_actor()
    {
        var session = await CreateAsync();
        for (var i = 0; i < 5; i++)
            await AskAsync<PromptAccepted>(session.Id, Prompt($"m{i}", noReply: true));

        var read = new GetMessages(2);
        for (var page = 0; page < 3; page++)
        {
            var (byActor, byRows) = (await AskAsync<MessagePage>(session.Id, read), Assert.IsType<MessagePage>(await ReadAsync(session.Id, read)));
            Assert.Equal(byActor.Page.Select(Text), byRows.Page.Select(Text));
            Assert.Equal(byActor.Older, byRows.Older);
            read = new GetMessages(2, byRows.Older);
        }
    }

    [Fact]
    public async Task A_read_waits_for_what_others_have_committed_and_is_unavailable_when_that_is_not_known_in_time()
    {
        var session = await CreateAsync();
        Faulty.IsAway = true;

        Assert.IsType<Unavailable>(await ReadAsync(session.Id, new GetMessages()));
    }

    [Fact]
    public async Task A_read_of_an_unknown_session_finds_none() =>
        Assert.IsType<SessionNotFound>(await ReadAsync(new SessionId("ses_none"), new GetMessages()));

    [Fact]
    public async Task A_child_gets_the_id_that_is_made_for_its_parent()
    {
        var parent = await CreateAsync();
        await CreateAsync(parent.Id);

        Assert.Equal([null, parent.Id], _parents);
    }

    private Task<object> ReadAsync(SessionId id, ISessionCommand read) => RunUntilAsync(Sessions.AskAsync(id, read, CancellationToken.None));
}
