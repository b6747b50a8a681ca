using System.Text;
using Akka.Actor;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.Tests.Sessions;

public sealed class RegionTests : SessionsKit
{
    [Fact]
    public async Task A_new_session_has_a_title_with_its_time_and_a_child_says_so()
    {
        var session = await CreateAsync(title: null);
        var child = await CreateAsync(session.Id, title: null);

        Assert.Equal("New session - 2026-01-01T00:00:00.000Z", session.Title);
        Assert.Equal("Child session - 2026-01-01T00:00:00.000Z", child.Title);
        Assert.Equal(session.Id, child.ParentId);
        Assert.Equal("1.18.33", session.Version);
        Assert.Equal(["session.created", "session.created"], await StoryAsync());
    }

    [Fact]
    public async Task An_unknown_session_is_not_found_and_never_made()
    {
        var id = new SessionId("ses_none");

        foreach (var command in (ISessionCommand[])[Prompt("x"), new Update(new()), new GetMessages()])
            Assert.Equal(id, (await AskAsync<SessionNotFound>(id, command)).SessionId);
        Assert.Equal(new SessionNotFound(id), await RunUntilAsync(Sessions.AwaitTurnAsync(id, new TurnId("msg_1"), null, CancellationToken.None)));
        await AskAsync<SessionNotFound>(Index, new IndexQuery.Get(id));
        await AskAsync<SessionNotFound>(Index, new IndexQuery.Delete(id));
        Assert.IsType<SessionNotFound>(await CreateAsync(new CreateSession { ParentId = id }));
        Assert.Empty(await StoryAsync());
    }

    [Fact]
    public async Task Title_archive_time_and_rules_can_be_changed_and_the_rest_stays()
    {
        var session = await CreateAsync();
        Time.Advance(TimeSpan.FromSeconds(5));

        await AskAsync<Updated>(session.Id, new Update(new() { Title = "New title" }));
        var updated = await AskAsync<Updated>(session.Id, new Update(new() { Time = new(Archived: 7) }));

        Assert.Equal(("New title", 7L, session.Time.Updated), (updated.Info.Title, updated.Info.Time.Archived, updated.Info.Time.Updated));
        var found = await AskAsync<IndexQuery.Found>(Index, new IndexQuery.Get(session.Id));
        Assert.Contains("New title", Encoding.UTF8.GetString(found.Entry.Json.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_takes_the_children_first_and_leaves_nothing()
    {
        var parent = await CreateAsync();
        var child = await CreateAsync(parent.Id);
        var grandchild = await CreateAsync(child.Id);
        await PromptAsync(parent.Id);
        Model.Answer.Say("x").End();
        await RunDryAsync();
        var before = Journal.Head;

        await AskAsync<Deleted>(Index, new IndexQuery.Delete(parent.Id));

        Assert.Equal(
            [grandchild.Id.Value, child.Id.Value, parent.Id.Value],
            (await LogAsync(before)).Where(entry => entry.Type == "session.deleted").Select(entry => entry.SessionId));
        foreach (var kind in (string[])["session", "head", "message", "part", "turn", "open"])
            Assert.Empty(await Journal.ListAsync(kind, CancellationToken.None).ToListAsync());
        await AskAsync<SessionNotFound>(parent.Id, new GetMessages());
        await KillAndStartAsync();
        Assert.Empty((await AskAsync<IndexQuery.Listed>(Index, new IndexQuery.List(new SessionQuery()))).Entries);
    }

    [Fact]
    public async Task Delete_while_busy_stops_the_run_first_and_closes_the_turn()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Say("x");
        await RunDryAsync();
        var before = Journal.Head;

        await AskAsync<Deleted>(Index, new IndexQuery.Delete(session.Id));

        Assert.True(Model.Answer.WasCancelled);
        Assert.Equal(
            ["text 'x' end", "assistant error=MessageAbortedError completed", "error MessageAbortedError", "status idle", "idle", "session.deleted"], await StoryAsync(before));
        Assert.IsType<IdleStatus>(await StatusAsync(session.Id));
    }

    [Fact]
    public async Task Messages_come_in_pages_from_the_newest_back()
    {
        var session = await CreateAsync();
        for (var i = 0; i < 5; i++)
            await AskAsync<PromptAccepted>(session.Id, Prompt($"m{i}", noReply: true));

        var newest = await AskAsync<MessagePage>(session.Id, new GetMessages(2));
        var older = await AskAsync<MessagePage>(session.Id, new GetMessages(2, newest.Older));
        var oldest = await AskAsync<MessagePage>(session.Id, new GetMessages(2, older.Older));

        Assert.Equal(["m3", "m4"], newest.Page.Select(Text));
        Assert.Equal(["m1", "m2"], older.Page.Select(Text));
        Assert.Equal(["m0"], oldest.Page.Select(Text));
        Assert.Null(oldest.Older);
    }

    [Fact]
    public async Task Lists_have_the_newest_updated_first_and_select()
    {
        var a = await CreateAsync(title: "Alpha");
        Time.Advance(TimeSpan.FromSeconds(1));
        var b = await CreateAsync(title: "Beta");
        Time.Advance(TimeSpan.FromSeconds(1));
        var c = await CreateAsync(a.Id, title: "Gamma");
        Time.Advance(TimeSpan.FromSeconds(1));
        await PromptAsync(a.Id);

        Assert.Equal([a.Id, c.Id, b.Id], await ListAsync(new SessionQuery()));
        Assert.Equal([a.Id, b.Id], await ListAsync(new SessionQuery(RootsOnly: true)));
        Assert.Equal([c.Id], await ListAsync(new SessionQuery(ParentId: a.Id)));
        Assert.Equal([b.Id], await ListAsync(new SessionQuery(Search: "bet")));
        Assert.Equal([a.Id], await ListAsync(new SessionQuery(Limit: 1)));
        Assert.Equal([a.Id, c.Id], await ListAsync(new SessionQuery(UpdatedSince: c.Time.Updated)));
        Assert.Empty(await ListAsync(new SessionQuery(Directory: "/elsewhere")));
        await KillAndStartAsync();
        Assert.Equal([a.Id, c.Id, b.Id], await ListAsync(new SessionQuery(Directory: Directory)));
    }

    [Fact]
    public async Task An_idle_session_leaves_memory_after_ten_minutes_and_comes_back_on_the_next_command()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Say("x").End();
        await RunDryAsync();

        var loads = Faulty.Loads;

        Time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, (await MessagesAsync(session.Id)).Count);
        Assert.Equal(loads, Faulty.Loads);
        Time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal(2, (await MessagesAsync(session.Id)).Count);
        Assert.Equal(loads + 1, Faulty.Loads);
        Assert.Single((await AskAsync<IndexQuery.Listed>(Index, new IndexQuery.List(new SessionQuery()))).Entries);
    }

    [Fact]
    public async Task A_session_with_an_open_turn_stays_in_memory()
    {
        Options.ModelSilenceMs = int.MaxValue;
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        var loads = Faulty.Loads;
        Time.Advance(TimeSpan.FromMinutes(30));
        Model.Answer.Say("still here").End();
        await RunDryAsync();

        Assert.Equal("still here", Text((await MessagesAsync(session.Id))[1]));
        Assert.Equal(loads, Faulty.Loads);
    }

    [Fact]
    public async Task A_command_that_meets_a_session_on_its_way_out_is_kept_for_its_next_life()
    {
        var session = await CreateAsync();
        var probe = CreateProbe();
        probe.Send(Region, new Deliver(session.Id, new GetMessages()));
        probe.Expect<MessagePage>();

        var loads = Faulty.Loads;

        probe.LastSender.Tell(ReceiveTimeout.Instance);
        var prompt = await PromptAsync(session.Id);

        Assert.Equal("hello", Text(prompt.User));
        Assert.Equal(loads + 1, Faulty.Loads);
    }
}
