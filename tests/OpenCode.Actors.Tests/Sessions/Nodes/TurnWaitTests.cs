using Akka.Actor;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Reads;
using OpenCode.Actors.Sessions.Setup;

namespace OpenCode.Actors.Tests.Sessions.Nodes;

/// <summary>Rule "Wait on the own log": a prompt that waits on a node for the end of its turn, which another node may run.</summary>
public sealed class TurnWaitTests : SessionsKit
{
    private protected override SessionSetup Arrange(SessionSetup setup) => setup with { Claims = new ScriptedClaims() };

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
        await AskAsync<Awake>(session.Id, new Wake());

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
}
