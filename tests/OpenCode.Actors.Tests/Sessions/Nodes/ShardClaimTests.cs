using Akka.Actor;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Live;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.Setup;

namespace OpenCode.Actors.Tests.Sessions.Nodes;

/// <summary>Rule "Claim before read": a session is claimed before it is read, and what it writes names the claim. Also what a session does once it may no longer write.</summary>
public sealed class ShardClaimTests : SessionsKit
{
    private readonly ScriptedClaims _claims = new();

    private protected override SessionSetup Arrange(SessionSetup setup) => setup with { Claims = _claims };

    [Fact]
    public async Task A_session_is_claimed_before_its_rows_are_read_and_its_appends_name_the_claim()
    {
        var loads = new List<int>();
        _claims.OnClaim = () => loads.Add(Faulty.Loads);

        await CreateAsync();

        Assert.Equal([0], loads);
        Assert.Equal(1, Faulty.Loads);
        Assert.Equal([new Fence(7, 1)], Faulty.LastFences);
    }

    [Fact]
    public async Task A_refused_append_is_answered_as_moved_and_the_next_command_claims_anew_and_finds_what_is_committed()
    {
        var session = await CreateAsync();
        Faulty.AppendFault = new JournalFencedException(new Fence(7, 1));

        var moved = await AskAsync<Moved>(session.Id, new Update(new() { Title = "lost" }));

        Assert.Contains("token 1", moved.Reason, StringComparison.Ordinal);
        Assert.Equal([new Fence(7, 1)], _claims.LostFences);
        Faulty.Heal();
        var updated = await AskAsync<Updated>(session.Id, new Update(new() { Time = new(Archived: 7) }));
        Assert.Equal("T", updated.Info.Title);
        Assert.Equal([new Fence(7, 2)], Faulty.LastFences);
        Assert.Equal(0, Meters.Count("opencode.actors.restarts session"));
    }

    [Fact]
    public async Task Everything_that_waits_for_a_refused_append_or_behind_it_is_moved()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Say("x");
        await RunDryAsync();
        Faulty.Hold();
        var first = Begin(session.Id, new Update(new() { Title = "first" }));
        await RunDryAsync();
        var second = Begin(session.Id, new Update(new() { Title = "second" }));
        var abort = Begin(session.Id, new Abort());
        var behind = Begin(session.Id, Prompt("behind"));
        await RunDryAsync();

        Faulty.AppendFault = new JournalFencedException(new Fence(7, 1));
        Faulty.Release();
        await RunDryAsync();

        foreach (var answer in (Task<object>[])[first, second, abort, behind])
            Assert.IsType<Moved>(await answer);
        Assert.True(Model.Answer.WasCancelled);
    }

    [Fact]
    public async Task A_lost_claim_ends_all_sessions_of_it_and_none_of_a_later_one()
    {
        var (a, b) = (await CreateAsync(), await CreateAsync());
        _claims.Forget();
        var c = await CreateAsync(); // Under token 2.
        Assert.Equal(3, Meters.Count("opencode.sessions.awake"));
        Faulty.AppendFault = new JournalFencedException(new Fence(7, 1));

        await AskAsync<Moved>(a.Id, new Update(new() { Title = "x" }));

        Assert.Equal(1, Meters.Count("opencode.sessions.awake"));
        Faulty.Heal();
        await AskAsync<Updated>(c.Id, new Update(new() { Title = "goes on" }));
        await AskAsync<Updated>(b.Id, new Update(new() { Title = "read anew" }));
        Assert.Equal([new Fence(7, 2)], Faulty.LastFences);
    }

    [Fact]
    public async Task A_claim_without_an_answer_is_unavailable_and_no_failure_of_the_session()
    {
        var session = await CreateAsync();
        await PassivateAsync();
        _claims.Fault = new ArbiterAwayException("no answer");
        for (var i = 0; i < 5; i++)
            Assert.IsType<Unavailable>(await AskAsync<object>(session.Id, new GetMessages()));

        _claims.Fault = null;
        Assert.Empty(await MessagesAsync(session.Id));
        Assert.Equal(0, Meters.Count("opencode.actors.restarts session"));
    }

    [Fact]
    public async Task A_node_that_was_declared_dead_answers_moved()
    {
        var session = await CreateAsync();
        await PassivateAsync();
        _claims.Fault = new DeclaredDeadException("dead");

        await AskAsync<Moved>(session.Id, new GetMessages());
    }

    [Fact]
    public async Task A_session_that_is_handed_off_closes_its_turn_and_ends_without_asking_its_parent()
    {
        var session = await CreateAsync();
        var probe = CreateProbe();
        probe.Send(Region, new Deliver(session.Id, Prompt("hello")));
        probe.Expect<PromptAccepted>();
        probe.Watch(probe.LastSender);

        probe.LastSender.Tell(new Leave());

        probe.ExpectTerminated(probe.LastSender);
        Assert.Equal("idle", (await StoryAsync())[^1]);
        Assert.Equal("MessageAbortedError", Assistant((await MessagesAsync(session.Id))[1]).Error!.Name);
        Assert.IsType<IdleStatus>(await StatusAsync(session.Id));
    }

    [Fact]
    public async Task A_session_that_is_handed_off_while_it_recovers_ends_at_once_and_hands_its_commands_back()
    {
        var session = await CreateAsync();
        await PassivateAsync();
        var region = CreateProbe();
        _claims.Pending = new TaskCompletionSource<Fence?>(TaskCreationOptions.None).Task;
        var actor = Spawn(SessionActor.PropsFor(session.Id, JournalActor, Setup with { RegionOf = _ => region.Ref }));
        var client = CreateProbe();
        actor.Tell(new GetMessages(), client.Ref);
        actor.Tell(new Leave());

        Assert.Equal(client.Ref, Expect(region, new Deliver(session.Id, new GetMessages())));
    }

    [Fact]
    public async Task A_session_asks_its_parent_and_hands_back_as_it_was_told_to()
    {
        var session = await CreateAsync();
        await PassivateAsync();
        var (region, client) = (CreateProbe(), CreateProbe());
        Leave? asked = null;
        var actor = Spawn(SessionActor.PropsFor(session.Id, JournalActor, Setup with
        {
            RegionOf = _ => region.Ref,
            Passivate = stop => new Passivate(asked = stop),
        }));
        client.Watch(actor);
        await RunDryAsync();

        Time.Advance(TimeSpan.FromMinutes(11));
        Assert.NotNull(asked);
        actor.Tell(new GetMessages(), client.Ref);
        Assert.Equal(client.Ref, Expect(region, new Deliver(session.Id, new GetMessages())));
        actor.Tell(asked);
        client.ExpectTerminated(actor);
    }

    [Fact]
    public async Task A_session_that_failed_three_times_refuses_by_itself_where_its_parent_does_not()
    {
        var session = await CreateAsync();
        await PassivateAsync();
        var setup = Setup with { Failures = new RecentFailures(Time) };
        Faulty.LoadFaults = 100;
        Unavailable? refusal = null;
        for (var i = 0; i < 4; i++)
        {
            var actor = Spawn(SessionActor.PropsFor(session.Id, JournalActor, setup));
            refusal = await AskAsync<Unavailable>(actor, new GetMessages());
            Sys.Stop(actor);
        }

        Assert.Contains("again and again", refusal!.Reason, StringComparison.Ordinal);
        Assert.Equal(97, Faulty.LoadFaults);
    }

    private static IActorRef Expect(TestKit.HubProbe probe, Deliver message)
    {
        Assert.Equal(message, probe.Expect<Deliver>());
        return probe.LastSender;
    }

    private async Task PassivateAsync()
    {
        Time.Advance(TimeSpan.FromMinutes(11));
        await RunDryAsync();
    }
}
