using Akka.Actor;
using OpenCode.Actors.Clustering.Entry;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.Tests.Clustering.Entry;

/// <summary>Rule "Named commands": copies of a command have one name, and one copy at a time is sent while the session's home is unknown.</summary>
public sealed class CopiesTests : EntryKit
{
    [Fact]
    public void A_command_without_an_answer_is_sent_again_with_growing_pauses()
    {
        Send(StartEntry(), Rename);
        ExpectCopy();
        var began = Time.GetTimestamp();
        var times = new List<double>();
        for (var i = 0; i < 10; i++)
        {
            ExpectCopy();
            times.Add(Time.GetElapsedTime(began).TotalMilliseconds);
        }

        Assert.Equal([100, 300, 700, 1_500, 2_500, 3_500, 4_500, 5_500, 6_500, 7_500], times);
        Assert.Equal(10, Meters.Count("opencode.cluster.commands.resent"));
    }

    [Fact]
    public void Only_one_copy_is_sent_while_the_home_of_the_session_is_unknown()
    {
        Send(StartEntry(), Rename);
        ExpectCopy();

        Assert.Equal([100, 300, 700, 1_500, 2_500, 3_500, 4_500, 5_500, 6_500, 7_500], ProbeTimes(HoldFor));
        Assert.Equal(0, Meters.Count("opencode.cluster.commands.resent"));
    }

    [Fact]
    public void Probes_that_were_kept_and_are_answered_together_send_one_copy()
    {
        Send(StartEntry(), Rename);
        ExpectCopy();
        var held = Region.LastSender;
        Assert.Equal(4, ProbeTimes(TimeSpan.FromSeconds(2)).Count);

        for (var i = 0; i < 4; i++)
            held.Tell(new Awake(Session), Region.Ref);
        RunDry();

        ExpectCopy();
        Region.ExpectNothing(TimeSpan.FromMilliseconds(100));
        Assert.Equal(1, Meters.Count("opencode.cluster.commands.resent"));
    }

    [Fact]
    public void A_session_that_could_not_be_woken_gets_a_copy_and_says_why()
    {
        Send(StartEntry(), Rename);
        ExpectCopy();
        ExpectCopy();

        Region.Reply(new Unavailable("It failed again and again.", TimeSpan.FromSeconds(50)));

        Client.Expect<Unavailable>();
    }

    [Fact]
    public void All_copies_have_one_name_and_no_two_commands_have_the_same()
    {
        var entry = StartEntry();
        Send(entry, Rename);
        var first = ExpectCopy().Name;
        Assert.Equal(first, ExpectCopy().Name);
        Region.Reply(Answer);
        RunDry();

        Send(entry, Rename);

        Assert.NotEqual(first, ExpectCopy().Name);
        Assert.InRange(first.Length, 18, 100);
    }

    [Fact]
    public void Two_entries_give_different_names()
    {
        Send(StartEntry(), Rename);
        var one = ExpectCopy().Name;
        Region.Reply(Answer);
        Send(StartEntry(), Rename);

        Assert.NotEqual(one, ExpectCopy().Name);
    }

    [Fact]
    public void A_command_that_has_a_name_keeps_it()
    {
        Send(StartEntry(), new Named("mine", Rename));

        Assert.Equal("mine", ExpectCopy().Name);
    }

    [Fact]
    public void Two_copies_that_are_both_answered_give_the_client_one_answer()
    {
        Send(StartEntry(), Rename);
        ExpectCopy();
        var held = Region.LastSender;
        ExpectCopy();

        held.Tell(Answer, Region.Ref);
        Client.Expect<Aborted>();
        Assert.Equal(0, Meters.Count("opencode.cluster.commands.held"));
        held.Tell(Answer, Region.Ref);

        Client.ExpectNothing(HoldFor);
        Assert.Empty(DeadLetters);
    }

    [Fact]
    public void A_change_of_members_sends_what_is_held_at_once_and_soon_again()
    {
        var entry = StartEntry();
        Send(entry, Rename);
        ExpectCopy();
        ProbeTimes(TimeSpan.FromMilliseconds(1_600));

        entry.Tell(new EntryActor.MemberGone());
        RunDry();

        ExpectCopy();
        Assert.Equal([25, 75, 175, 375], ProbeTimes(TimeSpan.FromMilliseconds(400)));
    }

    [Fact]
    public void A_session_that_does_not_answer_is_looked_for_anew()
    {
        var entry = StartEntry(forgetHome: static session => $"forget {session}");
        Send(entry, Rename);
        ExpectCopy();
        ExpectProbe();
        ExpectProbe();
        Region.Expect($"forget {Session}");
        ExpectProbe();
        Region.Expect($"forget {Session}");
        ExpectProbe();

        // Lost members are where the home may be wrong, and at first it is the coordinator that has to hear of it.
        entry.Tell(new EntryActor.MemberGone());
        ExpectProbe();
        ExpectProbe();
        ExpectProbe();
        Region.Expect($"forget {Session}");
        ExpectProbe();
    }

    [Fact]
    public void A_session_of_this_node_is_looked_for_nowhere_else()
    {
        Send(StartEntry(forgetHome: static _ => null), Rename);
        ExpectCopy();

        for (var probes = 0; probes < 6; probes++)
            ExpectProbe();
    }
}
