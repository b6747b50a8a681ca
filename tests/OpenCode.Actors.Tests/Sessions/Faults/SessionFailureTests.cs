using Akka.Actor;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Live;
using OpenCode.Actors.Sessions.Reads;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.Tests.Sessions.Faults;

/// <summary>Rule "A decision error goes to the caller" and rule "A session never throws": an error after the append, or in the recovery, stops the session until its next command.</summary>
public sealed class SessionFailureTests : SessionsKit
{
    private SessionId? _unmakable;
    private int? _maxStashed;

    private protected override Props PropsFor(SessionId id) =>
        id == _unmakable ? throw new TimeoutException("planned")
        : _maxStashed is { } most ? SessionActor.PropsFor(id, JournalActor, Setup, most)
        : base.PropsFor(id);

    [Fact]
    public async Task An_error_while_deciding_is_the_callers_and_the_session_goes_on()
    {
        var session = await CreateAsync();
        var head = Journal.Head;
        Model.CatalogFault = new InvalidOperationException("no catalog");

        var failed = await AskAsync<CommandFailed>(session.Id, Prompt("x"));

        Assert.Equal("no catalog", failed.Message);
        Assert.Equal(head, Journal.Head);
        Assert.Equal(0, Meters.Count("opencode.actors.restarts session"));
        Model.CatalogFault = null;
        await PromptAsync(session.Id);
    }

    [Fact]
    public async Task An_error_after_the_append_is_not_thrown_the_caller_is_told_and_the_next_command_finds_the_truth()
    {
        var session = await CreateAsync();
        Meters.FailingName = "opencode.sessions.prompts";

        Assert.IsType<Unavailable>(await AskAsync<object>(session.Id, Prompt("hello")));

        Meters.FailingName = null;
        var messages = await MessagesAsync(session.Id);
        Assert.Equal("hello", Text(messages[0])); // It was committed, without an answer to the caller.
        Assert.Equal("MessageAbortedError", Assistant(messages[1]).Error!.Name);
        Assert.IsType<IdleStatus>(await StatusAsync(session.Id));
        Assert.Equal(1, Meters.Count("opencode.actors.restarts session"));
        Assert.True(Model.Answer.WasCancelled);
    }

    [Fact]
    public async Task A_recovery_that_fails_answers_what_waited_and_the_next_command_tries_again()
    {
        var session = await CreateAsync();
        await PassivateAsync();
        Faulty.LoadFaults = 1;
        var (one, two) = (Begin(session.Id, new GetMessages()), Begin(session.Id, Prompt("lost")));
        await RunDryAsync();

        Assert.Contains("cannot read the rows", Assert.IsType<Unavailable>(await one).Reason, StringComparison.Ordinal);
        Assert.IsType<Unavailable>(await two);
        Assert.Empty(await MessagesAsync(session.Id));
    }

    [Fact]
    public async Task A_session_that_fails_three_times_in_a_minute_is_refused_for_a_while_then_served_again()
    {
        var session = await CreateAsync();
        await PassivateAsync();
        Faulty.LoadFaults = 100;
        for (var i = 0; i < 3; i++)
        {
            await AskAsync<Unavailable>(session.Id, new GetMessages());
            Time.Advance(TimeSpan.FromSeconds(10));
        }

        var loads = Faulty.Loads;
        var refused = await AskAsync<Unavailable>(session.Id, new GetMessages());
        Assert.Equal(TimeSpan.FromSeconds(30), refused.RetryAfter); // The first failure is 30 s ago.
        Assert.Equal(loads, Faulty.Loads); // It was not even tried.
        Assert.Equal(3, Meters.Count("opencode.actors.restarts session"));

        Time.Advance(TimeSpan.FromSeconds(30));
        Faulty.LoadFaults = 0;
        Assert.Empty(await MessagesAsync(session.Id));
    }

    [Fact]
    public async Task A_session_that_is_refused_harms_no_other()
    {
        var (broken, healthy) = (await CreateAsync(), await CreateAsync());
        await PassivateAsync();
        Faulty.LoadFaults = 3;
        for (var i = 0; i < 4; i++)
            await AskAsync<Unavailable>(broken.Id, new GetMessages());

        Assert.Empty(await MessagesAsync(healthy.Id));
        Assert.Equal(2, (await ListAsync()).Count);
    }

    [Fact]
    public async Task A_session_that_throws_where_it_is_made_is_stopped_and_started_anew_at_the_next_message()
    {
        var session = await CreateAsync();
        await PassivateAsync();
        Meters.FailingName = "opencode.sessions.awake";
        var lost = Begin(session.Id, new GetMessages());
        await RunDryAsync();
        Assert.False(lost.IsCompleted); // The facade's timeout is for this.

        Meters.FailingName = null;
        Assert.Empty(await MessagesAsync(session.Id));
        Assert.Equal(1, Meters.Count("opencode.actors.restarts session"));
    }

    [Fact]
    public async Task More_commands_than_a_recovering_session_may_keep_are_refused_and_the_others_are_answered()
    {
        var session = await CreateAsync();
        await KillAsync();
        (_maxStashed, Faulty.ListFaults) = (10, 1); // Without the learned rules the recovery does not end.
        await OpenAsync();

        var answers = Enumerable.Range(0, 12).Select(_ => Begin(session.Id, new GetMessages())).ToList();
        await RunDryAsync();
        Assert.Equal(2, answers.Count(answer => answer.IsCompleted));
        Time.Advance(TimeSpan.FromSeconds(1));

        var answered = await Task.WhenAll(answers);
        Assert.Equal(10, answered.OfType<MessagePage>().Count());
        Assert.Equal(2, answered.OfType<Unavailable>().Count());
    }

    [Fact]
    public async Task A_region_that_fails_stops_its_sessions_and_goes_on()
    {
        var session = await CreateAsync();
        var accepted = await PromptAsync(session.Id);
        var wait = AwaitTurn(session.Id, accepted);
        await RunDryAsync();

        _unmakable = new SessionId("ses_unmakable");
        ExpectLog<TimeoutException>(() => Region.Tell(new Deliver(_unmakable.Value, new Abort())), count: 2); // By us, and by Akka.
        Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("MessageAbortedError", Assistant(Assert.IsType<TurnEnded>(await RunUntilAsync(wait)).Message).Error!.Name);
        Assert.IsType<IdleStatus>(await StatusAsync(session.Id));
        Assert.Equal(1, Meters.Count("opencode.actors.restarts region"));
        await PromptAsync(session.Id, "again");
    }

    [Fact]
    public async Task A_region_that_fails_while_the_server_stops_goes_on_stopping_and_answers()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Disk.HoldSyncs();
        var quiesced = Region.Ask<LocalSessionRegion.Quiesced>(new LocalSessionRegion.Quiesce());
        await RunDryAsync();
        Assert.False(quiesced.IsCompleted);

        _unmakable = new SessionId("ses_unmakable");
        ExpectLog<TimeoutException>(() => Region.Tell(new Deliver(_unmakable.Value, new Abort())), count: 2); // By us, and by Akka.
        await RunDryAsync();

        Assert.True(quiesced.IsCompletedSuccessfully);
        Disk.ReleaseSyncs();
        Assert.IsType<Unavailable>(await AskAsync<object>(session.Id, Prompt("late")));
    }

    [Fact]
    public async Task A_session_that_cannot_be_recovered_at_the_start_does_not_hold_up_the_index()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        await KillAsync();
        (Faulty.LoadsBeforeFaults, Faulty.LoadFaults) = (1, 1); // The first is the survey's.

        await StartAsync();

        Assert.Equal([session.Id], await ListAsync());
        Assert.IsType<BusyStatus>(await StatusAsync(session.Id)); // What is known of it.
        Time.Advance(TimeSpan.FromSeconds(5));
        Assert.IsType<IdleStatus>(await StatusAsync(session.Id));
    }

    [Fact]
    public async Task Names_that_no_session_has_do_not_pile_up_in_memory()
    {
        for (var i = 0; i < 1_000; i++)
            await AskAsync<SessionNotFound>(new SessionId($"ses_bogus{i}"), new GetMessages());

        Assert.Equal(0, Meters.Count("opencode.sessions.awake"));
    }

    [Fact]
    public async Task Commands_that_wait_behind_the_recovery_of_a_name_without_a_session_are_all_answered()
    {
        var id = new SessionId("ses_bogus");
        var answers = Enumerable.Range(0, 10).Select(_ => Begin(id, new GetMessages())).ToList();
        await RunDryAsync();

        Assert.All(await Task.WhenAll(answers), answer => Assert.IsType<SessionNotFound>(answer));
        Assert.Equal(1, Faulty.Loads);
    }

    private async Task PassivateAsync()
    {
        Time.Advance(TimeSpan.FromMinutes(11));
        await RunDryAsync();
    }
}
