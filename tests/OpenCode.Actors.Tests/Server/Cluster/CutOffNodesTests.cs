using OpenCode.Actors.Server.Cluster.Forwarding;
using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Server.Cluster;

public sealed class CutOffNodesTests
{
    private readonly VirtualTime _time = new();
    private readonly FakeCluster _cluster = new("a", "b");
    private readonly CutOffNodes _nodes;

    public CutOffNodesTests() => _nodes = new CutOffNodes(_cluster, _time);

    [Fact]
    public void A_member_is_cut_off_when_it_goes_on_renewing_its_lease_while_it_is_not_reached()
    {
        var shown = FailFor(seconds: 3, beats: true);

        Assert.Equal([false, false, false, true], shown);
    }

    [Fact]
    public void One_that_died_with_a_renewal_under_way_is_not()
    {
        Assert.False(_nodes.IsShownBy(_cluster["a"]));
        _cluster.Beat("a");

        Assert.DoesNotContain(true, FailFor(seconds: 10, beats: false));
    }

    [Fact]
    public void One_that_was_waited_for_in_vain_is_cut_off_with_its_next_renewal()
    {
        Assert.False(_nodes.IsShownBy(_cluster["a"], hasBeenSilent: true));
        Assert.False(_nodes.IsShownBy(_cluster["a"], hasBeenSilent: true));

        _cluster.Beat("a");

        Assert.True(_nodes.IsShownBy(_cluster["a"]));
    }

    [Fact]
    public void One_that_was_reached_in_between_or_not_asked_for_long_begins_anew()
    {
        FailFor(seconds: 2, beats: true);
        _nodes.Reached(_cluster["a"]);
        Assert.DoesNotContain(true, FailFor(seconds: 2, beats: true));

        for (var beats = 0; beats < 60; beats++)
            _cluster.Beat("a");
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(_nodes.IsShownBy(_cluster["a"]));
    }

    [Fact]
    public void What_was_shown_is_known_to_all_but_one_at_a_time_who_tries_again()
    {
        Assert.False(_nodes.IsKnown(_cluster["a"]));
        FailFor(seconds: 3, beats: true);
        Assert.True(_nodes.IsKnown(_cluster["a"]));

        _time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal([false, true, true], Enumerable.Range(1, 3).Select(_ => _nodes.IsKnown(_cluster["a"])));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_nodes.IsShownBy(_cluster["a"], hasBeenSilent: true)); // whoever tried
        Assert.True(_nodes.IsKnown(_cluster["a"]));
    }

    [Fact]
    public void When_the_one_who_tries_is_not_refused_everybody_goes_whether_or_not_it_has_its_answer()
    {
        FailFor(seconds: 3, beats: true);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.False(_nodes.IsKnown(_cluster["a"]));

        _time.Advance(TimeSpan.FromMilliseconds(1_200));

        Assert.False(_nodes.IsKnown(_cluster["a"]));
        Assert.False(_nodes.IsKnown(_cluster["a"]));
    }

    [Fact]
    public void What_was_reached_is_known_no_more()
    {
        FailFor(seconds: 3, beats: true);

        _nodes.Reached(_cluster["a"]);

        Assert.False(_nodes.IsKnown(_cluster["a"]));
    }

    private List<bool> FailFor(int seconds, bool beats)
    {
        List<bool> shown = [_nodes.IsShownBy(_cluster["a"])];
        for (var second = 0; second < seconds; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            if (beats)
                _cluster.Beat("a");
            shown.Add(_nodes.IsShownBy(_cluster["a"]));
        }

        return shown;
    }
}
