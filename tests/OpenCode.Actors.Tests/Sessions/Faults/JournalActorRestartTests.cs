using Akka.Actor;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Journal;

namespace OpenCode.Actors.Tests.Sessions.Faults;

/// <summary>Rule "Tell the journal, never ask": when the journal's actor restarts, no session waits for an answer that never comes, and none goes on with stale state.</summary>
public sealed class JournalActorRestartTests : SessionsKit
{
    [Fact]
    public async Task An_idle_session_is_read_again_and_serves_the_next_command()
    {
        var session = await CreateAsync();
        var loads = Faulty.Loads;

        CrashJournalActor();

        Assert.Equal("x", (await AskAsync<Updated>(session.Id, new Update(new() { Title = "x" }))).Info.Title);
        Assert.Equal(loads + 1, Faulty.Loads);
        Assert.Equal(1, Meters.Count("opencode.actors.restarts journal"));
    }

    [Fact]
    public async Task Callers_whose_append_is_under_way_are_told_that_the_outcome_is_unknown()
    {
        var session = await CreateAsync();
        Faulty.Hold();
        var update = Begin(session.Id, new Update(new() { Title = "late" }));
        await RunDryAsync();

        CrashJournalActor();

        Assert.IsType<Unavailable>(await update);
    }

    [Fact]
    public async Task A_recovery_waits_for_an_append_that_the_journals_actor_took_before_its_restart()
    {
        var session = await CreateAsync();
        Faulty.Hold();
        _ = Begin(session.Id, new Update(new() { Title = "late" }));
        await RunDryAsync();
        CrashJournalActor();

        // The session is started again for this, and must not decide without the append before.
        var archive = Begin(session.Id, new Update(new() { Time = new(Archived: 7) }));
        await RunDryAsync();
        Assert.False(archive.IsCompleted);
        Faulty.Release();
        await RunDryAsync();

        var updated = Assert.IsType<Updated>(await archive);
        Assert.Equal(("late", 7L), (updated.Info.Title, updated.Info.Time.Archived));
    }

    [Fact]
    public async Task A_running_turn_is_closed_as_aborted_and_its_model_is_cancelled()
    {
        var session = await CreateAsync();
        var accepted = await PromptAsync(session.Id);
        Model.Answer.Say("half ");
        await RunDryAsync();

        CrashJournalActor();
        Time.Advance(TimeSpan.FromSeconds(5));

        Assert.True(Model.Answer.WasCancelled);
        Assert.Equal(["text 'half ' end", "assistant error=MessageAbortedError completed", "error MessageAbortedError", "status idle", "idle"], (await StoryAsync())[^5..]);
        var ended = await EndOfAsync(session.Id, accepted);
        Assert.Equal("MessageAbortedError", Assistant(ended.Message).Error!.Name);
    }

    [Fact]
    public async Task A_session_that_is_being_recovered_refuses_what_waits_for_it_and_is_recovered_by_the_next_command()
    {
        var session = await CreateAsync();
        await PassivateAsync();
        var messages = Begin(session.Id, new GetMessages());
        JournalActor.Tell(new JournalActor.Recover(null!));
        await RunDryAsync();

        Assert.True(await messages is MessagePage or Unavailable);
        Assert.Empty(await MessagesAsync(session.Id));
    }

    [Fact]
    public async Task A_stale_answer_of_the_journal_is_dropped()
    {
        var session = await CreateAsync();
        var probe = CreateProbe();
        probe.Send(Region, new OpenCode.Actors.Sessions.Region.Deliver(session.Id, new GetMessages()));
        probe.Expect<MessagePage>();
        Faulty.Hold();
        var update = Begin(session.Id, new Update(new() { Title = "x" }));
        await RunDryAsync();

        probe.LastSender.Tell(new JournalActor.Appended(Version: 0, FirstOffset: 99, NextVersion: 1), JournalActor);
        probe.LastSender.Tell(new JournalActor.AppendRefused(Version: 0, "stale"), JournalActor);
        await RunDryAsync();
        Assert.False(update.IsCompleted);
        Faulty.Release();
        await RunDryAsync();

        Assert.Equal(Journal.Head, Assert.IsType<Updated>(await update).Offset);
    }

    [Fact]
    public async Task The_end_of_the_journals_actor_ends_what_runs_and_no_caller_waits_for_ever()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Faulty.Hold();
        var update = Begin(session.Id, new Update(new() { Title = "x" }));
        await RunDryAsync();

        Sys.Stop(JournalActor);
        await RunDryAsync();

        Assert.IsType<Unavailable>(await update);
        Assert.True(Model.Answer.WasCancelled);
    }

    private void CrashJournalActor() => ExpectLog<ArgumentNullException>(() => JournalActor.Tell(new JournalActor.Recover(null!)), count: 2); // By us, and by Akka.

    private async Task PassivateAsync()
    {
        Time.Advance(TimeSpan.FromMinutes(11));
        await RunDryAsync();
    }
}
