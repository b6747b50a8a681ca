using OpenCode.Actors.Clustering.Status;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Sessions.Readiness;

namespace OpenCode.Actors.Tests.Clustering.Status;

public sealed class ClusterReportTests
{
    private static readonly NodeRow _n1 = SomeRows.Node("n1", 11, behind: 5);
    private static readonly NodeRow _n2 = SomeRows.Node("node-two", 22, NodeStatus.Joining, behind: null);
    private static readonly NodeRow _lost = SomeRows.Node("n1", 10);

    [Fact]
    public void The_database_alone_tells_members_shards_and_how_far_they_are() => Assert.Equal(
        """
        node      address                                status   process  shards  behind  version
        n1        akka.ssl.tcp://opencode@n1:7096        up       running  2       5       0.9.0
        node-two  akka.ssl.tcp://opencode@node-two:7096  joining  running  0       -       0.9.0
        2 members. 8 shards: 2 claimed by them, 6 never claimed, 0 without an owner.

        """,
        ClusterReport.Of(SomeRows.Of([_n1, _n2], (0, _n1), (5, _n1)) with { WithoutProcess = [] }));

    [Fact]
    public void Shards_of_a_life_that_is_over_are_named()
    {
        var text = ClusterReport.Of(SomeRows.Of([_n1], (1, _n1), (2, _lost), (7, _lost)));

        Assert.Contains("8 shards: 1 claimed by them, 5 never claimed, 2 without an owner.\n", text, StringComparison.Ordinal);
        Assert.Contains("Without an owner: 2, 7. ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_whose_process_is_gone_is_named()
    {
        var text = ClusterReport.Of(SomeRows.Of([_n1, _n2]) with { WithoutProcess = [_n1.Description.Identity] });

        Assert.Contains("up       gone     0 ", text, StringComparison.Ordinal);
        Assert.Contains("The process of 'n1' at akka.ssl.tcp://opencode@n1:7096 does not hold its lock", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cluster_without_nodes_is_a_cluster() => Assert.Equal(
        "node  address  status  process  shards  behind  version\n0 members. 8 shards: 0 claimed by them, 8 never claimed, 0 without an owner.\n", ClusterReport.Of(SomeRows.Of([])));

    [Fact]
    public void A_node_tells_Akkas_members_beside_the_rows() => Assert.Equal(
        """
        Seen by 'n1' at akka.ssl.tcp://opencode@n1:7096, ready.
        node      address                                status   member   shards  running  behind  version
        n1        akka.ssl.tcp://opencode@n1:7096        up       up       1       3        5       0.9.0
        node-two  akka.ssl.tcp://opencode@node-two:7096  joining  joining  0       -        -       0.9.0
        2 members. 8 shards: 1 claimed by them, 7 never claimed, 0 without an owner.

        """,
        ClusterReport.Of(View(SomeRows.Of([_n1, _n2], (0, _n1)), Member(_n1, shards: 3), Member(_n2, "Joining"))));

    [Fact]
    public void A_node_that_only_the_database_knows_is_named()
    {
        var text = ClusterReport.Of(View(SomeRows.Of([_n1, _n2]), Member(_n1)));

        Assert.Contains("The database has 'node-two' at akka.ssl.tcp://opencode@node-two:7096, which is no member of Akka's cluster", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_that_only_Akka_knows_is_named_also_when_it_is_another_life_of_a_node()
    {
        var text = ClusterReport.Of(View(SomeRows.Of([_n1]), Member(_n1), Member(_lost)));

        Assert.Contains("Akka's cluster has the member akka.ssl.tcp://opencode@n1:7096 (uid 10), which the database does not have among the living", text, StringComparison.Ordinal);
        Assert.DoesNotContain("The database has", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_that_is_not_heard_is_named()
    {
        var text = ClusterReport.Of(View(SomeRows.Of([_n1, _n2]), Member(_n1), Member(_n2) with { IsReachable = false }));

        Assert.Contains("up, not heard", text, StringComparison.Ordinal);
        Assert.EndsWith("This node does not hear the member akka.ssl.tcp://opencode@node-two:7096.\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void While_the_database_is_away_the_members_are_told_and_why_the_node_is_suspended() => Assert.Equal(
        """
        Seen by 'n1' at akka.ssl.tcp://opencode@n1:7096, suspended: The database does not answer.
        The database does not answer. These are the members by Akka alone.
        address                          member  running
        akka.ssl.tcp://opencode@n1:7096  up      3

        """,
        ClusterReport.Of(View(null, Member(_n1, shards: 3)) with { Availability = new(NodeState.Suspended, "The database does not answer.") }));

    private static MemberLine Member(NodeRow row, string status = "Up", int? shards = null) =>
        new(row.Description.Identity.Address, row.Description.Identity.Uid, status, IsReachable: true, shards);

    private static ClusterView View(ClusterRows? rows, params MemberLine[] members) => new(_n1.Description.Identity, new(NodeState.Ready, ""), members, rows);
}
