using Akka.Actor;
using OpenCode.Actors.Clustering.Entry;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.Tests.Clustering.Entry;

/// <summary>Rule "Named commands": the entry holds a command until its session has answered, and sends it again under the same name.</summary>
public sealed class HeldCommandTests : EntryKit
{
    [Fact]
    public void An_answered_command_is_sent_once_and_held_no_longer()
    {
        Send(StartEntry(), Rename);
        Assert.Same(Rename, ExpectCopy().Command);
        Assert.Equal(1, Meters.Count("opencode.cluster.commands.held"));

        Region.Reply(Answer);

        Assert.Same(Answer, Client.Expect<Aborted>());
        Region.ExpectNothing(HoldFor);
        Client.ExpectNothing();
        Assert.Equal((0, 0), (Meters.Count("opencode.cluster.commands.held"), Meters.Count("opencode.cluster.commands.resent")));
    }

    [Fact]
    public void A_late_answer_to_a_command_that_was_given_up_is_no_dead_letter()
    {
        Send(StartEntry(), Rename);
        ExpectCopy();
        var held = Region.LastSender;
        Client.Expect<Unavailable>(limit: HoldFor);

        Time.Advance(TimeSpan.FromSeconds(14));
        held.Tell(Answer, Region.Ref);
        RunDry();

        Client.ExpectNothing();
        Assert.Empty(DeadLetters);
    }

    [Fact]
    public void What_has_its_last_answer_is_gone()
    {
        var entry = StartEntry();
        Send(entry, Rename);
        ExpectCopy();
        ExpectCopy();

        Region.Reply(Answer);
        RunDry();
        Assert.Single(((ActorRefWithCell)entry).Children);
        Region.Reply(Answer);
        RunDry();

        Assert.Empty(((ActorRefWithCell)entry).Children);
    }

    [Fact]
    public void A_command_that_was_sent_and_never_answered_is_refused_at_its_deadline_with_an_unknown_outcome()
    {
        Send(StartEntry(), Rename);

        var refusal = Client.Expect<Unavailable>(limit: HoldFor);

        Assert.Contains("unknown", refusal.Reason, StringComparison.Ordinal);
        Assert.Contains(Session.Value, refusal.Reason, StringComparison.Ordinal);
        Assert.Equal(HoldFor, Time.GetElapsedTime(0));
        Assert.Equal((1, 0), (Meters.Count("opencode.cluster.commands.given_up"), Meters.Count("opencode.cluster.commands.held")));
    }

    [Fact]
    public void A_session_that_has_moved_gets_the_command_where_it_is_by_then()
    {
        Send(StartEntry(), Rename);
        var name = ExpectCopy().Name;

        Region.Reply(new Moved("It is on another node.", TimeSpan.FromSeconds(1)));
        Client.ExpectNothing();
        Assert.Equal(name, ExpectCopy().Name);
        Region.Reply(Answer);

        Client.Expect<Aborted>();
    }

    [Fact]
    public void A_session_that_moves_until_the_deadline_is_named_in_the_refusal()
    {
        Send(StartEntry(), Rename);
        ExpectCopy();
        Region.Reply(new Moved("Shard 7 is elsewhere.", TimeSpan.FromSeconds(1)));

        var refusal = Client.Expect<Unavailable>(limit: HoldFor);

        Assert.IsNotType<Moved>(refusal);
        Assert.Contains("Shard 7 is elsewhere.", refusal.Reason, StringComparison.Ordinal);
        Assert.Contains("unknown", refusal.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_session_that_will_not_be_back_before_the_deadline_refuses_at_once()
    {
        var refusal = new Unavailable("It failed again and again.", TimeSpan.FromSeconds(50));
        Send(StartEntry(), Rename);
        ExpectCopy();

        Region.Reply(refusal);

        Assert.Same(refusal, Client.Expect<Unavailable>());
    }

    [Fact]
    public void The_index_knows_that_there_is_no_such_session_and_nothing_is_sent()
    {
        var index = CreateProbe();
        var entry = StartEntry();
        entry.Tell(new EntryActor.UseIndex(index.Ref));
        Send(entry, Rename);

        index.Expect(new IndexQuery.Get(Session));
        index.Reply(new SessionNotFound(Session));

        Client.Expect(new SessionNotFound(Session));
        Region.ExpectNothing(HoldFor);
    }

    [Fact]
    public void A_session_that_the_index_knows_gets_the_command_once_however_often_the_index_was_asked()
    {
        var index = CreateProbe();
        var entry = StartEntry();
        entry.Tell(new EntryActor.UseIndex(index.Ref));
        Send(entry, Rename);
        index.Expect(new IndexQuery.Get(Session));
        index.Expect(new IndexQuery.Get(Session));
        var found = new IndexQuery.Found(new SessionEntry(Session, "/proj", "global", "", null, "T", 1, default));

        index.Reply(found);
        index.Reply(found);
        RunDry();

        ExpectCopy();
        Region.ExpectNothing(TimeSpan.FromMilliseconds(99));
    }

    [Fact]
    public void A_command_that_the_index_never_answered_for_is_refused_and_has_changed_nothing()
    {
        var index = CreateProbe();
        var entry = StartEntry();
        entry.Tell(new EntryActor.UseIndex(index.Ref));
        Send(entry, Rename);
        index.Expect(new IndexQuery.Get(Session));
        index.Reply(new Unavailable("The server is starting.", TimeSpan.FromSeconds(1)));

        var refusal = Client.Expect<Unavailable>(limit: HoldFor);

        Assert.Contains("Nothing was changed", refusal.Reason, StringComparison.Ordinal);
        Assert.Contains("The server is starting.", refusal.Reason, StringComparison.Ordinal);
        Region.ExpectNothing();
    }

    [Fact]
    public void A_session_that_is_being_made_is_not_looked_up()
    {
        var index = CreateProbe();
        var entry = StartEntry();
        entry.Tell(new EntryActor.UseIndex(index.Ref));

        Send(entry, new Create(new Place("/proj", "global"), new()));

        ExpectCopy();
        index.ExpectNothing();
    }

    [Fact]
    public void What_changes_nothing_passes_once_with_the_client_as_its_sender()
    {
        var entry = StartEntry();
        foreach (var query in new ISessionCommand[] { new Wake(), new GetMessages() })
        {
            Send(entry, query);

            Assert.Same(query, Region.Expect<Deliver>().Command);
            Assert.Equal(Client.Ref, Region.LastSender);
            Region.ExpectNothing(HoldFor);
            BeFresh();
        }
    }

    [Fact]
    public void A_held_command_that_crashes_answers_its_client()
    {
        Meters.FailingName = "opencode.cluster.commands.resent";
        Send(StartEntry(), Rename);
        ExpectCopy();

        var crash = ExpectLog<InvalidOperationException>(() =>
        {
            Region.Expect<Deliver>();
            Region.Reply(new Awake(Session));
        });

        Assert.Contains("unknown", Client.Expect<Unavailable>().Reason, StringComparison.Ordinal);
        Assert.NotNull(crash);
        Assert.Equal(0, Meters.Count("opencode.cluster.commands.held"));
    }

    [Fact]
    public void The_end_of_the_entry_answers_all_that_it_held()
    {
        var entry = StartEntry();
        for (var i = 0; i < 3; i++)
            Client.Send(entry, new Deliver(NewSession(), Rename));
        RunDry();

        Sys.Stop(entry);
        RunDry();

        for (var i = 0; i < 3; i++)
            Assert.Contains("unknown", Client.Expect<Unavailable>().Reason, StringComparison.Ordinal);
        Assert.Equal(0, Meters.Count("opencode.cluster.commands.held"));
    }

    [Fact]
    public void An_entry_that_restarts_answers_what_it_held_and_still_asks_the_index()
    {
        var index = CreateProbe();
        var entry = StartEntry();
        Send(entry, Rename);
        ExpectCopy();
        entry.Tell(new EntryActor.UseIndex(index.Ref));
        RunDry();
        ExpectLog<NullReferenceException>(() => Send(entry, new Named("broken", null!)));

        Client.Expect<Unavailable>();
        Client.Expect<Unavailable>();
        Send(entry, Rename);

        index.FishFor<IndexQuery.Get>();
        index.Reply(new SessionNotFound(Session));
        Client.FishFor<SessionNotFound>();
    }

    [Fact]
    public void A_command_that_is_queued_when_the_entry_restarts_is_asked_about_too()
    {
        var index = CreateProbe();
        var entry = StartEntry();
        entry.Tell(new EntryActor.UseIndex(index.Ref));
        RunDry();

        ExpectLog<NullReferenceException>(() =>
        {
            Send(entry, new Named("broken", null!));
            Send(entry, Rename);
        });

        index.FishFor<IndexQuery.Get>();
        Region.ExpectNothing();
    }
}
