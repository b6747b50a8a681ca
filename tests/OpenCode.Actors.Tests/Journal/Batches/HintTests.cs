using OpenCode.Actors.Tests.Journal.Memory;
using static OpenCode.Actors.Tests.Journal.Batches.JournalNode;

namespace OpenCode.Actors.Tests.Journal.Batches;

/// <summary>How hints that something was appended are used, waited for and done without.</summary>
public sealed class HintTests : BatchJournalKit
{
    [Theory]
    [InlineData(null)]
    [InlineData(0.4)]
    public void A_hint_that_is_lost_or_late_costs_at_most_a_second(double? delay)
    {
        var (node, other) = (Open("a"), Open("b"));
        node.Store.HintDelay = () => delay is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

        Done(other.Append(Batch("1")));
        Done(other.Append(Batch("2")));
        Assert.Equal(0, node.Journal.Head);
        Advance(1);

        Assert.Equal(["1", "2"], node.Shown.Select(e => e.Type));
    }

    [Fact]
    public void A_hint_needs_no_reading_where_an_append_under_way_brings_what_it_is_about()
    {
        var (node, other) = (Open("a"), Open("b"));
        Advance(0.1);
        node.Store.Calls.Clear();
        node.Store.Latency = TimeSpan.FromMilliseconds(4);

        var append = node.Append(Batch("2"));
        Done(other.Append(Batch("1")));
        Advance(0.5);

        Assert.Equal(2, Done(append));
        Assert.Equal(["1", "2"], node.Shown.Select(e => e.Type));
        Assert.DoesNotContain(StoreCall.Read, node.Store.Calls);
    }

    [Fact]
    public void A_hint_waits_for_an_append_under_way_for_50_ms()
    {
        var (node, other) = (Open("a"), Open("b"));
        Advance(0.1);
        node.Store.Calls.Clear();
        node.Store.Freeze();
        _ = node.Append(Batch("2"));

        Done(other.Append(Batch("1")));
        Advance(0.049);
        Assert.DoesNotContain(StoreCall.Read, node.Store.Calls);
        Advance(0.001);

        Assert.Contains(StoreCall.Read, node.Store.Calls);
    }

    [Fact]
    public void A_hint_that_waits_for_an_append_is_not_put_off_by_later_ones()
    {
        var (node, other) = (Open("a"), Open("b"));
        Advance(0.1);
        node.Store.Calls.Clear();
        node.Store.Freeze();
        _ = node.Append(Batch("3"));

        Done(other.Append(Batch("1")));
        Advance(0.03);
        Done(other.Append(Batch("2")));
        Advance(0.02);

        Assert.Contains(StoreCall.Read, node.Store.Calls);
    }

    [Fact]
    public void A_hint_that_comes_late_does_not_hide_one_of_more_that_waits()
    {
        var node = Open("a");
        Advance(0.1);
        node.Store.Calls.Clear();
        node.Store.Latency = TimeSpan.FromMilliseconds(4);

        var append = node.Append(Batch("1"));
        Database.Notify(2);
        Database.Notify(1);
        Advance(0.5);

        Assert.Equal(1, Done(append));
        Assert.Contains(StoreCall.Read, node.Store.Calls);
    }

    [Fact]
    public void While_appends_follow_each_other_the_journal_does_not_listen_for_hints_and_sees_all()
    {
        var (node, other) = (Open("a"), Open("b"));
        AppendWithoutPause(node, other);
        Assert.False(node.Store.IsListening);
        node.Store.Calls.Clear();

        AppendWithoutPause(node, other);

        Assert.False(node.Store.IsListening);
        Assert.DoesNotContain(StoreCall.Read, node.Store.Calls);
        Assert.Equal(Stored(), node.Shown.Select(e => e.Type));
    }

    [Fact]
    public void A_node_that_appends_nothing_listens_on_however_many_hints_tell_it_nothing_new()
    {
        var (node, other) = (Open("a"), Open("b"));
        Done(other.Append(Batch("1")));

        for (var i = 0; i < 100; i++)
            Database.Notify(1);

        Assert.True(node.Store.IsListening);
    }

    [Fact]
    public void Listening_begins_again_5_ms_after_the_last_append_and_nothing_of_before_is_missed()
    {
        var (node, other) = (Open("a"), Open("b"));
        AppendWithoutPause(node, other);

        Done(other.Append(Batch("after")));
        Assert.NotEqual("after", node.Shown[^1].Type);
        Advance(0.015);

        Assert.True(node.Store.IsListening);
        Assert.Equal("after", node.Shown[^1].Type);
    }

    [Fact]
    public void Listening_begins_again_when_an_append_has_waited_for_50_ms()
    {
        var (node, other) = (Open("a"), Open("b"));
        AppendWithoutPause(node, other);

        node.Store.Freeze();
        _ = node.Append(Batch("waits"));
        Advance(0.045);
        Assert.False(node.Store.IsListening);
        Advance(0.015);

        Assert.True(node.Store.IsListening);
    }

    [Fact]
    public void A_connection_lost_while_the_journal_does_not_listen_is_opened_again()
    {
        var (node, other) = (Open("a"), Open("b"));
        AppendWithoutPause(node, other);

        node.Store.CutConnections();
        Advance(2);
        Done(other.Append(Batch("after")));
        Advance(0.01);

        Assert.True(node.Store.IsListening);
        Assert.Equal("after", node.Shown[^1].Type);
    }

    // Each append is under way for a while, and the next one begins with its answer.
    private void AppendWithoutPause(JournalNode node, JournalNode other)
    {
        node.Store.Latency = TimeSpan.FromMilliseconds(2);
        for (var i = 0; i < 40; i++)
        {
            var append = node.Append(Batch("own"));
            Done(other.Append(Batch("other")));
            Advance(0.002);
            Done(append);
        }
    }
}
