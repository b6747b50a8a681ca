using Akka.Actor;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Reads;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.Setup;

namespace OpenCode.Actors.Tests.Sessions.Nodes;

/// <summary>
/// The way in on a node that is one of many: rule "Reads come from the database", rule "Wait on the own log", rule "Unknown sessions end at the entry".
/// </summary>
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

    [Fact]
    public async Task A_wait_ends_with_its_turn_and_reads_once()
    {
        var session = await CreateAsync();
        var accepted = await PromptAsync(session.Id);
        var loads = Faulty.Loads;
        var wait = AwaitTurn(session.Id, accepted);
        Model.Answer.Say("answer");
        await RunDryAsync();
        Time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(wait.IsCompleted);
        Assert.Equal(loads, Faulty.Loads);

        Model.Answer.Say("!").End();

        var ended = Assert.IsType<TurnEnded>(await RunUntilAsync(wait));
        Assert.Equal("answer!", Text(ended.Message));
        Assert.Equal(Journal.Head, ended.Offset);
        Assert.Equal(loads + 1, Faulty.Loads);
    }

    [Fact]
    public async Task A_turn_that_is_over_is_read_at_once()
    {
        var session = await CreateAsync();
        var accepted = await PromptAsync(session.Id);
        Model.Answer.Say("answer").End();
        await RunDryAsync();
        var again = await AskAsync<PromptAccepted>(session.Id, Prompt("hello", accepted.Turn.Value));

        Assert.False(again.IsOpen);
        Assert.Equal("answer", Text(Assert.IsType<TurnEnded>(await RunUntilAsync(AwaitTurn(session.Id, again))).Message));
        Assert.IsType<TurnEnded>(await RunUntilAsync(AwaitTurn(session.Id, accepted))); // Its idle is known.
    }

    [Fact]
    public async Task A_wait_without_a_position_begins_with_a_read()
    {
        var session = await CreateAsync();
        var accepted = await PromptAsync(session.Id);
        var wait = Sessions.AwaitTurnAsync(session.Id, accepted.Turn, null, CancellationToken.None);
        await RunDryAsync();
        Assert.False(wait.IsCompleted);

        Model.Answer.Say("x").End();

        Assert.IsType<TurnEnded>(await RunUntilAsync(wait));
    }

    [Fact]
    public async Task A_wait_outlives_the_owner_and_ends_when_the_next_one_closes_the_turn()
    {
        var session = await CreateAsync();
        var accepted = await PromptAsync(session.Id);
        var wait = AwaitTurn(session.Id, accepted);
        await RunDryAsync();

        Faulty.AppendFault = new JournalFencedException(new Fence(7, 1));
        Model.Answer.Say("lost");
        await RunDryAsync();
        Faulty.Heal();
        Assert.False(wait.IsCompleted);
        await AskAsync<Awake>(session.Id, Wake.Instance);

        var ended = Assert.IsType<TurnEnded>(await RunUntilAsync(wait));
        Assert.Equal("MessageAbortedError", Assistant(ended.Message).Error!.Name);
    }

    [Fact]
    public async Task A_wait_for_a_turn_of_a_session_that_is_deleted_ends_with_not_found()
    {
        var session = await CreateAsync();
        var wait = AwaitTurn(session.Id, await PromptAsync(session.Id));
        await RunDryAsync();

        await AskAsync<Deleted>(session.Id, new Named("d", new Delete()));

        Assert.IsType<SessionNotFound>(await RunUntilAsync(wait));
    }

    [Fact]
    public async Task A_wait_goes_on_over_a_restart_of_the_index()
    {
        var session = await CreateAsync();
        var wait = AwaitTurn(session.Id, await PromptAsync(session.Id));
        await RunDryAsync();
        Index.Tell(new IndexQuery.List(null!), ActorRefs.NoSender);
        await RunDryAsync();
        Assert.False(wait.IsCompleted);
        Assert.Equal(1, Meters.Count("opencode.actors.restarts index"));

        Model.Answer.Say("x").End();

        Assert.IsType<TurnEnded>(await RunUntilAsync(wait));
    }

    [Fact]
    public async Task A_wait_reads_again_while_the_database_is_away()
    {
        var session = await CreateAsync();
        var accepted = await PromptAsync(session.Id);
        Model.Answer.Say("x").End();
        await RunDryAsync();
        Faulty.IsSilent = true;
        var wait = AwaitTurn(session.Id, accepted);
        await RunDryAsync();
        Time.Advance(TimeSpan.FromMinutes(1));
        await RunDryAsync();
        Assert.False(wait.IsCompleted);

        Faulty.IsSilent = false;
        await RunUntilAsync(() =>
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            return wait.IsCompleted;
        });

        Assert.IsType<TurnEnded>(await RunUntilAsync(wait));
    }

    [Fact]
    public async Task A_wait_for_a_turn_whose_rows_cannot_be_read_is_refused_and_logged_instead_of_going_on_for_ever()
    {
        var session = await CreateAsync();
        var accepted = await PromptAsync(session.Id);
        Model.Answer.Say("x").End();
        await RunDryAsync();
        Faulty.LoadFaults = 1;

        Assert.IsType<Unavailable>(await RunUntilAsync(AwaitTurn(session.Id, accepted)));
        Assert.Contains(session.Id.Value, Assert.Single(Logs.Records, static record => record.EventId == 6011).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_offset_of_an_end_is_not_before_it_where_the_turn_ended_between_the_look_at_the_log_and_the_rows()
    {
        var session = await CreateAsync();
        var accepted = await PromptAsync(session.Id);
        Model.Answer.Say("x").End();
        await RunDryAsync();
        Faulty.HeadBefore = accepted.Offset;

        var ended = Assert.IsType<TurnEnded>(await RunUntilAsync(Sessions.AwaitTurnAsync(session.Id, accepted.Turn, null, CancellationToken.None)));

        Assert.Equal(Journal.Head, ended.Offset);
    }

    [Fact]
    public async Task A_wait_ends_with_the_server()
    {
        var session = await CreateAsync();
        var wait = AwaitTurn(session.Id, await PromptAsync(session.Id));
        await RunDryAsync();

        EndActors();

        Assert.IsType<Unavailable>(await RunUntilAsync(wait));
    }

    [Fact]
    public async Task A_start_wakes_no_session_but_lists_those_that_the_cluster_may_wake()
    {
        var (busy, idle, gone) = (await CreateAsync(), await CreateAsync(), await CreateAsync());
        await PromptAsync(busy.Id);
        await AskAsync<Deleted>(gone.Id, new Named("d", new Delete()));
        await KillAndStartAsync();
        Time.Advance(TimeSpan.FromMinutes(1));

        Assert.IsType<BusyStatus>(await StatusAsync(busy.Id));
        Assert.Equal([busy.Id], (await AskAsync<IndexQuery.Unfinished>(Index, new IndexQuery.ListUnfinished())).Sessions);

        Index.Tell(SessionIndexActor.WakeUnfinished.Instance);
        await RunDryAsync();
        Assert.IsType<IdleStatus>(await StatusAsync(busy.Id));

        Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal([gone.Id], (await AskAsync<IndexQuery.Unfinished>(Index, new IndexQuery.ListUnfinished())).Sessions);
    }

    [Fact]
    public async Task A_deletion_that_was_interrupted_on_any_node_is_listed_and_goes_on_when_it_is_taken_up()
    {
        var (parent, other) = (await CreateAsync(), await CreateAsync());
        await CreateAsync(parent.Id);
        await AskAsync<DeleteBegun>(parent.Id, new Named("b", new BeginDelete()));
        Assert.Equal([parent.Id], (await AskAsync<IndexQuery.Unfinished>(Index, new IndexQuery.ListUnfinished())).Deletions);
        await KillAndStartAsync();
        Assert.Equal(3, (await ListAsync()).Count); // Another node may be at it.

        Assert.Equal([parent.Id], (await AskAsync<IndexQuery.Unfinished>(Index, new IndexQuery.ListUnfinished())).Deletions);
        await AskAsync<Deleted>(Index, new IndexQuery.Delete(parent.Id));

        Assert.Empty((await AskAsync<IndexQuery.Unfinished>(Index, new IndexQuery.ListUnfinished())).Deletions);
        Assert.Equal([other.Id], await ListAsync());
    }

    [Fact]
    public async Task What_is_unfinished_is_not_known_while_its_rows_cannot_be_read()
    {
        await CreateAsync();
        Faulty.ListFaults = 1;

        await AskAsync<Unavailable>(Index, new IndexQuery.ListUnfinished());
        Assert.Empty((await AskAsync<IndexQuery.Unfinished>(Index, new IndexQuery.ListUnfinished())).Deletions);
    }

    [Fact]
    public async Task A_tombstone_is_removed_two_hours_after_the_log_told_of_the_deletion()
    {
        var session = await CreateAsync();
        await AskAsync<Deleted>(session.Id, new Named("d", new Delete()));
        Time.Advance(TimeSpan.FromHours(2));

        Index.Tell(SessionIndexActor.WakeUnfinished.Instance);

        Assert.Empty(await RowsAsync(session.Id));
    }

    [Fact]
    public async Task A_tombstone_is_listed_until_its_row_has_gone_since_a_wake_may_be_lost()
    {
        var session = await CreateAsync();
        await AskAsync<Deleted>(session.Id, new Named("d", new Delete()));
        Assert.Empty(await UnfinishedAsync());
        Time.Advance(TimeSpan.FromHours(2));

        Assert.Equal([session.Id], await UnfinishedAsync());
        Assert.Equal([session.Id], await UnfinishedAsync());
        await AskAsync<Awake>(session.Id, Wake.Instance);

        Assert.Empty(await UnfinishedAsync());
    }

    private async Task<IReadOnlyList<SessionId>> UnfinishedAsync() => (await AskAsync<IndexQuery.Unfinished>(Index, new IndexQuery.ListUnfinished())).Sessions;

    private Task<object> ReadAsync(SessionId id, ISessionCommand read) => RunUntilAsync(Sessions.AskAsync(id, read, CancellationToken.None));

}
