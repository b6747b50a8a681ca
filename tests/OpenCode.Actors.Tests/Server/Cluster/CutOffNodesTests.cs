using OpenCode.Actors.Server.Cluster.Forwarding;
using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Server.Cluster;

public sealed class CutOffNodesTests
{
    private static readonly TimeSpan _gaveUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _noConnection = TimeSpan.FromSeconds(1);

    private readonly VirtualTime _time = new();
    private readonly FakeCluster _cluster;
    private readonly CutOffNodes _nodes;

    public CutOffNodesTests()
    {
        _cluster = new FakeCluster("a", "b") { Time = _time };
        _nodes = new CutOffNodes(_cluster, _time);
    }

    [Fact]
    public void A_member_is_cut_off_when_it_goes_on_renewing_its_lease_while_it_is_not_reached()
    {
        var shown = RefuseFor(seconds: 3, beats: true);

        Assert.Equal([false, false, true, true], shown);
        Assert.Equal(Way.Cut, WayThere());
    }

    [Fact]
    public void One_that_died_with_a_renewal_under_way_is_not()
    {
        Assert.False(Fails());
        After(milliseconds: 700);
        _cluster.Beat("a");

        Assert.DoesNotContain(true, RefuseFor(seconds: 10, beats: false));
    }

    [Fact]
    public void One_whose_connection_was_given_up_is_cut_off_at_once_when_it_has_beaten_meanwhile()
    {
        After(milliseconds: 900);
        _cluster.Beat("a");
        After(milliseconds: 1_100);

        Assert.True(Fails(_gaveUp));
        Assert.Equal(Way.Cut, WayThere());
    }

    [Fact]
    public void One_that_was_silent_is_in_doubt_until_its_next_beat_and_nobody_tries_meanwhile()
    {
        After(milliseconds: 700);
        _cluster.Beat("a"); // may have been under way
        After(milliseconds: 1_300);
        Assert.False(Fails(_gaveUp));
        Assert.Equal(Way.Doubtful, WayThere());

        After(milliseconds: 900); // longer than the pause after what was shown
        Assert.Equal(Way.Doubtful, WayThere());
        _cluster.Beat("a");

        Assert.Equal([Way.Cut, Way.Cut], [WayThere(), WayThere()]);
    }

    [Fact]
    public void One_that_was_silent_and_has_no_beat_any_more_is_tried_again()
    {
        After(milliseconds: 2_000);
        Assert.False(Fails(_gaveUp));

        After(milliseconds: 1_500);

        Assert.Equal(Way.Open, WayThere());
    }

    [Fact]
    public void One_that_takes_no_connection_is_cut_off_when_it_takes_none_again()
    {
        After(milliseconds: 1_000);
        _cluster.Beat("a");
        Assert.False(Fails(_noConnection)); // one machine may have stood still for a moment
        Assert.Equal(Way.Open, WayThere());

        After(milliseconds: 1_100);

        Assert.True(Fails(_noConnection));
    }

    [Fact]
    public void One_that_was_reached_in_between_or_not_asked_for_long_begins_anew()
    {
        RefuseFor(seconds: 1, beats: true);
        _nodes.Reached(_cluster["a"]);
        Assert.DoesNotContain(true, RefuseFor(seconds: 1, beats: true));

        After(milliseconds: 60_000);
        _cluster.Beat("a");
        Assert.False(Fails());
    }

    [Fact]
    public void A_connection_that_falls_silent_says_nothing_where_another_has_reached_it_meanwhile()
    {
        After(milliseconds: 1_500);
        _nodes.Reached(_cluster["a"]);
        _cluster.Beat("a");
        After(milliseconds: 500);

        Assert.False(Fails(_gaveUp));
        Assert.Equal(Way.Open, WayThere());
    }

    [Fact]
    public void The_next_life_of_a_node_begins_anew()
    {
        RefuseFor(seconds: 3, beats: true);

        Assert.Equal(Way.Open, _nodes.WayTo(_cluster["a"] with { Incarnation = 2 }));
        Assert.False(_nodes.IsShownBy(_cluster["a"] with { Incarnation = 2 }, TimeSpan.Zero));
    }

    [Fact]
    public void What_was_shown_is_known_to_all_but_one_at_a_time_who_tries_again()
    {
        Assert.Equal(Way.Open, WayThere());
        RefuseFor(seconds: 3, beats: true);
        Assert.Equal(Way.Cut, WayThere());

        After(milliseconds: 500);
        Assert.Equal([Way.Open, Way.Cut, Way.Cut], [WayThere(), WayThere(), WayThere()]);
        After(milliseconds: 1_000);
        Assert.True(Fails(_noConnection)); // whoever tried
        Assert.Equal(Way.Cut, WayThere());
    }

    [Fact]
    public void When_the_one_who_tries_is_not_refused_everybody_goes_whether_or_not_it_has_its_answer()
    {
        RefuseFor(seconds: 3, beats: true);
        After(milliseconds: 500);
        Assert.Equal(Way.Open, WayThere());

        After(milliseconds: 1_200);

        Assert.Equal([Way.Open, Way.Open], [WayThere(), WayThere()]);
    }

    [Fact]
    public void What_was_reached_is_open()
    {
        RefuseFor(seconds: 3, beats: true);

        _nodes.Reached(_cluster["a"]);

        Assert.Equal(Way.Open, WayThere());
    }

    private Way WayThere() => _nodes.WayTo(_cluster["a"]);

    private bool Fails(TimeSpan silentFor = default) => _nodes.IsShownBy(_cluster["a"], silentFor);

    private void After(int milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    private List<bool> RefuseFor(int seconds, bool beats)
    {
        List<bool> shown = [Fails()];
        for (var second = 0; second < seconds; second++)
        {
            After(milliseconds: 1_000);
            if (beats)
                _cluster.Beat("a");
            shown.Add(Fails());
        }

        return shown;
    }
}
