using OpenCode.Actors.Clustering.Members;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Clustering.Members;

public sealed class RowWatchTests
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(400);

    private readonly VirtualTime _time = new();
    private readonly RowWatch _watch;
    private readonly Dictionary<string, DateTimeOffset> _looked = [];
    private NodeStatus _statusOfOther = NodeStatus.Up;

    public RowWatchTests() => _watch = new RowWatch(_time);

    [Fact]
    public void A_node_whose_row_does_not_move_is_suspected_after_its_time()
    {
        Look(TimeSpan.FromSeconds(2), "n1", "n2", "n3");

        Assert.Empty(Look(RowWatch.Patience - _interval, "n1", "n3"));

        Assert.Equal(["n2"], Look(_interval * 2, "n1", "n3"));
    }

    [Fact]
    public void Nobody_is_suspected_whose_row_moves_now_and_then()
    {
        Look(TimeSpan.FromSeconds(2), "n1", "n2");

        for (var i = 0; i < 5; i++)
        {
            Assert.Empty(Look(RowWatch.Patience - _interval, "n1"));
            Assert.Empty(Look(_interval, "n1", "n2"));
        }
    }

    [Fact]
    public void After_a_pause_of_the_own_looks_every_row_has_its_full_time()
    {
        Look(TimeSpan.FromSeconds(2), "n1", "n2");
        Look(TimeSpan.FromSeconds(3), "n1");

        _time.Advance(TimeSpan.FromSeconds(10)); // The database is away, or this process stands still.
        Assert.Empty(Look(RowWatch.Patience - _interval, "n1"));

        Assert.Equal(["n2"], Look(_interval * 2, "n1"));
    }

    [Fact]
    public void While_the_own_looks_are_not_recorded_either_no_node_is_suspected()
    {
        Look(TimeSpan.FromSeconds(2), "n1", "n2");

        Assert.Empty(Look(TimeSpan.FromSeconds(10))); // A lock is held on all rows.
        Assert.Empty(Look(RowWatch.Patience - _interval, "n1"));

        Assert.Equal(["n2"], Look(_interval * 2, "n1"));
    }

    [Fact]
    public void An_own_look_that_is_not_noted_once_changes_nothing()
    {
        Look(TimeSpan.FromSeconds(2), "n1", "n2");

        Look(TimeSpan.FromSeconds(2), "n1");
        Look(_interval);
        Look(TimeSpan.FromSeconds(1), "n1");

        Assert.Equal(["n2"], Look(TimeSpan.FromSeconds(1), "n1"));
    }

    [Fact]
    public void A_joiner_does_not_look_and_is_not_suspected_before_it_is_up_for_its_time()
    {
        Look(TimeSpan.FromSeconds(2), "n1", "n2");

        _statusOfOther = NodeStatus.Joining;
        Assert.Empty(Look(TimeSpan.FromSeconds(10), "n1"));
        _statusOfOther = NodeStatus.Up;
        Assert.Empty(Look(RowWatch.Patience, "n1"));

        Assert.Equal(["n2"], Look(_interval * 2, "n1"));
    }

    [Fact]
    public void The_next_life_of_a_node_has_its_own_time()
    {
        Look(TimeSpan.FromSeconds(2), "n1", "n2");
        Look(TimeSpan.FromSeconds(3), "n1");

        _looked.Remove("n2");
        Look(_interval, "n1");

        Assert.Empty(Look(RowWatch.Patience - _interval, "n1", "n2"));
    }

    // Looks for a while; those that are named note that they looked, at the same time. The own row is n1's.
    private List<string> Look(TimeSpan during, params string[] noted)
    {
        var suspected = new List<string>();
        for (var passed = TimeSpan.Zero; passed < during; passed += _interval)
        {
            _time.Advance(_interval);
            foreach (var node in noted)
                _looked[node] = _time.GetUtcNow();
            var rows = _looked.Select((row, i) => new NodeRow(ClusterKit.Describe(row.Key, i, 7001 + i), row.Key == "n1" ? NodeStatus.Up : _statusOfOther, 0) { Looked = row.Value }).ToList();
            suspected = [.. _watch.See(new NodeLook(NodeStatus.Up, rows) { IsNoted = noted.Contains("n1") }, _time.GetTimestamp()).Select(row => row.Description.Identity.Name)];
        }

        return suspected;
    }
}
