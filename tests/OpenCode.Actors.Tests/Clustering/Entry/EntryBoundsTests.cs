using OpenCode.Actors.Clustering.Entry;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.Tests.Clustering.Entry;

/// <summary>What the entry refuses at once: more than it holds, while the node may not run sessions, and at its end.</summary>
public sealed class EntryBoundsTests : EntryKit
{
    private static TakePrompt Prompt(int length) => new(new Prompt([new TextPromptPart(new string('x', length))]));

    [Fact]
    public void More_commands_than_are_held_are_refused_until_one_is_answered()
    {
        var entry = StartEntry(maxHeldCommands: 2);
        Send(entry, Rename);
        Send(entry, Rename);
        ExpectCopy();
        ExpectCopy();

        Send(entry, Rename);
        var refusal = Client.Expect<Unavailable>();
        Region.Reply(Answer);
        Client.Expect<Aborted>();
        RunDry();
        Send(entry, Rename);

        ExpectCopy();
        Assert.Equal(TimeSpan.FromSeconds(1), refusal.RetryAfter);
        Assert.Contains("Nothing was changed", refusal.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void More_bytes_than_are_held_are_refused_until_others_are_answered()
    {
        var entry = StartEntry(maxHeldBytes: 10_000);
        Send(entry, Prompt(6_000));
        ExpectCopy();

        Send(entry, Prompt(6_000));
        Assert.Equal(TimeSpan.FromSeconds(1), Client.Expect<Unavailable>().RetryAfter);
        Region.Reply(Answer);
        Client.Expect<Aborted>();
        RunDry();
        Send(entry, Prompt(6_000));

        ExpectCopy();
    }

    [Fact]
    public void A_prompt_that_no_frame_can_hold_is_refused_with_its_size_where_none_can_travel_as_a_row()
    {
        Send(StartEntry(), Prompt(1 << 20));

        var refusal = Client.Expect<PromptRejected>();

        Assert.Contains("921600 may cross nodes", refusal.Reason, StringComparison.Ordinal);
        Region.ExpectNothing(HoldFor);
    }

    [Fact]
    public void Another_command_that_no_frame_can_hold_is_refused_too()
    {
        Send(StartEntry(), new Update(new UpdateSession { Title = new string('x', 1 << 20) }));

        Assert.Contains("may cross nodes", Client.Expect<CommandFailed>().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_large_command_is_written_outside_of_the_entry_and_what_came_after_it_is_not_held_up()
    {
        var entry = StartEntry();
        Send(entry, Prompt(800_000));
        Send(entry, new GetMessages());

        Region.Expect<Deliver>(first => first.Command is GetMessages);

        Assert.IsType<TakePrompt>(ExpectCopy().Command);
    }

    [Fact]
    public void Nothing_is_sent_while_the_database_is_silent()
    {
        var entry = StartEntry();
        Standing.Suspend(Time.GetTimestamp());

        Send(entry, Rename);
        var refusal = Client.Expect<Unavailable>();
        Send(entry, new GetMessages());
        Client.Expect<Unavailable>();
        Send(entry, new Wake());
        Client.Expect(new Awake(Session));

        Region.ExpectNothing(HoldFor);
        Assert.Contains("The database does not answer. Nothing was changed.", refusal.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_goes_on_when_the_database_answers_again()
    {
        var entry = StartEntry();
        Standing.Suspend(Time.GetTimestamp());
        Send(entry, Rename);
        Client.Expect<Unavailable>();

        BeFresh();
        Send(entry, Rename);

        ExpectCopy();
    }

    [Fact]
    public void What_is_held_is_refused_when_the_database_falls_silent()
    {
        Send(StartEntry(), Rename);
        ExpectCopy();

        Standing.Suspend(Time.GetTimestamp());

        var refusal = Client.Expect<Unavailable>();
        Assert.Contains("The database does not answer.", refusal.Reason, StringComparison.Ordinal);
        Assert.Contains("unknown", refusal.Reason, StringComparison.Ordinal);
        Region.ExpectNothing(HoldFor);
    }

    [Fact]
    public void A_node_that_has_not_looked_at_its_row_for_a_while_sends_nothing()
    {
        var entry = StartEntry();
        Time.Advance(TimeSpan.FromSeconds(2)); // As after a freeze.

        Send(entry, Rename);

        Client.Expect<Unavailable>();
        Region.ExpectNothing();
    }

    [Fact]
    public void A_dead_node_refuses_what_comes_and_what_it_holds()
    {
        var entry = StartEntry();
        Send(entry, Rename);
        ExpectCopy();

        Standing.Die("Another node declared it dead.");
        Assert.Contains("unknown", Client.Expect<Unavailable>().Reason, StringComparison.Ordinal);
        Send(entry, Rename);

        Assert.Contains("Another node declared it dead. Nothing was changed.", Client.Expect<Unavailable>().Reason, StringComparison.Ordinal);
        Region.ExpectNothing(HoldFor);
    }

    [Fact]
    public void A_closed_entry_refuses_what_comes_and_what_it_held()
    {
        var entry = StartEntry();
        Send(entry, Rename);
        ExpectCopy();
        var closer = CreateProbe();

        closer.Send(entry, new EntryActor.Close());
        closer.Expect<EntryActor.Closed>();
        Assert.Contains("The node stops.", Client.Expect<Unavailable>().Reason, StringComparison.Ordinal);
        Send(entry, Rename);

        Assert.Contains("Nothing was changed", Client.Expect<Unavailable>().Reason, StringComparison.Ordinal);
        Region.ExpectNothing(HoldFor);
    }
}
