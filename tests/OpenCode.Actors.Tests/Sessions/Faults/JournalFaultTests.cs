using System.Text;
using Akka.Actor;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Journal;
using OpenCode.Actors.Sessions.Reads;

namespace OpenCode.Actors.Tests.Sessions.Faults;

public sealed class JournalFaultTests : SessionsKit
{
    [Fact]
    public async Task Nobody_is_answered_before_the_commit_and_readers_see_what_is_committed()
    {
        var session = await CreateAsync();
        Disk.HoldSyncs();
        var prompt = Begin(session.Id, Prompt("hello"));
        await RunDryAsync();
        Assert.False(prompt.IsCompleted);
        Assert.Empty(await MessagesAsync(session.Id));
        Assert.IsType<IdleStatus>(await StatusAsync(session.Id));

        Disk.ReleaseSyncs();
        await RunDryAsync();

        Assert.True(prompt.IsCompletedSuccessfully);
        Assert.Equal(2, (await MessagesAsync(session.Id)).Count);
    }

    [Fact]
    public async Task One_append_is_under_way_and_the_next_takes_all_that_gathered_with_deltas_joined()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Say("a ");
        await RunDryAsync();
        Faulty.Hold();
        var appends = Faulty.Appends;
        var before = Journal.Head;

        foreach (var word in (string[])["b ", "c ", "d ", "e "])
        {
            Model.Answer.Say(word);
            await RunDryAsync();
        }

        _ = Begin(session.Id, new Update(new() { Title = "New" }));
        await RunDryAsync();
        Assert.Equal(appends + 1, Faulty.Appends);

        Faulty.Release();
        await RunDryAsync();
        Assert.Equal(["delta 'b '", "session.updated", "delta 'c d e '"], await StoryAsync(before));
        Assert.Equal("a b c d e ", Text((await MessagesAsync(session.Id))[1]));
    }

    [Fact]
    public async Task A_recovery_waits_for_every_append_taken_for_the_session()
    {
        var session = await CreateAsync();
        await PassivateAsync();
        Faulty.Hold();
        var update = Begin(session.Id, new Update(new() { Title = "late" }));
        await RunDryAsync();

        var recovery = JournalActor.Ask<object>(new JournalActor.Recover(session.Id.Value));
        await RunDryAsync();
        Assert.False(recovery.IsCompleted);
        Faulty.Release();
        await RunDryAsync();

        var recovered = Assert.IsType<JournalActor.Recovered>(await recovery);
        Assert.Contains(recovered.Rows, row => row.Kind == "session" && Encoding.UTF8.GetString(row.Json.Span).Contains("late", StringComparison.Ordinal));
        Assert.IsType<Updated>(await update);
    }

    [Fact]
    public async Task An_append_of_a_stale_version_is_refused_and_its_session_reads_itself_again()
    {
        var session = await CreateAsync();
        await AskAsync<JournalActor.Recovered>(JournalActor, new JournalActor.Recover(session.Id.Value));

        var refused = await AskAsync<object>(session.Id, new Update(new() { Title = "stale" }));
        Assert.IsType<Unavailable>(refused);

        await AskAsync<Updated>(session.Id, new Update(new() { Title = "fresh" }));
    }

    [Fact]
    public async Task A_full_disk_refuses_commands_and_reading_goes_on()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Say("x").End();
        await RunDryAsync();
        Faulty.AppendFault = new JournalFullException(10, 1000);

        var refused = await AskAsync<StorageFull>(session.Id, Prompt("y"));
        Assert.Equal((10, 1000), (refused.FreeBytes, refused.NeededBytes));
        Assert.Equal(2, (await MessagesAsync(session.Id)).Count);

        Faulty.AppendFault = null;
        await PromptAsync(session.Id, "z");
        Assert.Equal(4, (await MessagesAsync(session.Id)).Count);
    }

    [Fact]
    public async Task A_disk_that_fills_up_during_a_turn_closes_it_as_soon_as_there_is_room()
    {
        var session = await CreateAsync();
        var accepted = await PromptAsync(session.Id);
        var wait = AwaitTurn(session.Id, accepted);
        Faulty.AppendFault = new JournalFullException(10, 1000);
        Model.Answer.Say("lost");
        await RunDryAsync();
        Assert.True(Model.Answer.WasCancelled);
        await AskAsync<StorageFull>(session.Id, Prompt("y"));
        Assert.Equal(2, (await MessagesAsync(session.Id)).Count);

        Faulty.AppendFault = null;
        Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("UnknownError", Assistant(((TurnEnded)await RunUntilAsync(wait)).Message).Error!.Name);
        Assert.IsType<IdleStatus>(await StatusAsync(session.Id));
    }

    [Fact]
    public async Task A_dead_journal_is_no_fault_of_a_session_and_every_caller_is_told()
    {
        var session = await CreateAsync();
        Faulty.AppendFault = new JournalFailedException("syncing", "Start again.", null);

        Assert.IsType<Unavailable>(await AskAsync<object>(session.Id, Prompt("y")));
    }

    [Fact]
    public async Task A_journal_that_died_with_an_open_turn_lets_its_session_start_a_few_times_and_is_then_unavailable()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        var loads = Faulty.Loads;
        Faulty.AppendFault = new JournalFailedException("syncing", "Start again.", null);

        Model.Answer.Say("lost");
        await RunDryAsync();
        for (var i = 0; i < 10; i++)
            await AskAsync<Unavailable>(session.Id, new GetMessages());

        Assert.Equal(loads + 3, Faulty.Loads);
        Assert.Equal(3, Meters.Count("opencode.actors.restarts session"));
    }

    private async Task PassivateAsync()
    {
        Time.Advance(TimeSpan.FromMinutes(11));
        await RunDryAsync();
    }
}
