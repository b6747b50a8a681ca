using OpenCode.Actors.Journal;
using OpenCode.Actors.Tests.Journal.Memory;
using static OpenCode.Actors.Tests.Journal.Batches.JournalNode;

namespace OpenCode.Actors.Tests.Journal.Batches;

/// <summary>How a node sees what others append (rule "Publish in order", rule "Reads beside retention").</summary>
public sealed class TailTests : BatchJournalKit
{
    [Fact]
    public void What_another_node_appends_is_there_with_its_hint()
    {
        var (node, other) = (Open("a"), Open("b"));

        Done(other.Append(Batch("1")));

        Assert.Equal(1, node.Journal.Head);
        Assert.Equal(["1"], node.Shown.Select(e => e.Type));
    }

    [Fact]
    public void What_was_committed_while_a_node_had_no_connection_is_read_when_it_has_one_again()
    {
        var (node, other) = (Open("a"), Open("b"));
        node.Store.Cut();
        Done(other.Append(Batch("1")));
        Advance(20);
        Assert.Equal(0, node.Journal.Head);

        node.Store.Cut(false);
        Advance(0.6);

        Assert.Equal(["1"], node.Shown.Select(e => e.Type));
    }

    [Fact]
    public void What_is_missing_below_an_own_batch_is_read_at_once_and_the_answer_comes_when_it_is_visible()
    {
        var (node, other) = (Open("a"), Open("b"));
        node.Store.HintDelay = () => null;
        Done(other.Append(Batch("1")));

        Assert.Equal(2, Done(node.Append(Batch("2"))));

        Assert.Equal(2, node.Journal.Head);
        Assert.Equal(["1", "2"], node.Shown.Select(e => e.Type));
    }

    [Fact]
    public void What_is_missing_below_an_own_batch_comes_with_its_answer()
    {
        var (node, other) = (Open("a"), Open("b"));
        Advance(0.1);
        node.Store.HintDelay = () => null;
        node.Store.Calls.Clear();

        for (var i = 1; i < 10; i += 2)
        {
            Done(other.Append(Batch($"{i}")));
            Done(node.Append(Batch($"{i + 1}")));
        }

        Assert.DoesNotContain(StoreCall.Read, node.Store.Calls);
        Assert.Equal(Stored(), node.Shown.Select(e => e.Type));
    }

    [Fact]
    public void What_an_answer_cannot_hold_is_read_at_once()
    {
        var (node, other) = (Open("a"), Open("b"));
        node.Store.HintDelay = () => null;
        for (var i = 1; i <= 20; i++)
            Done(other.Append(Batch($"{i}")));

        Assert.Equal(21, Done(node.Append(Batch("21"))));

        Assert.Equal(Stored(), node.Shown.Select(e => e.Type));
    }

    [Fact]
    public void Own_batches_are_not_read_back()
    {
        var node = Open("a");
        Advance(0.1);
        node.Store.Calls.Clear();

        for (var i = 0; i < 10; i++)
            Done(node.Append(Batch($"{i}")));

        Assert.DoesNotContain(StoreCall.Read, node.Store.Calls);
    }

    [Fact]
    public void After_catching_up_the_head_has_what_another_node_had_committed_before_without_any_hint()
    {
        var (node, other) = (Open("a"), Open("b"));
        node.Store.HintDelay = () => null;
        Done(other.Append(Batch("1")));

        Assert.Equal(1, Done(node.Journal.CatchUpAsync(default).AsTask()));
    }

    [Fact]
    public void Catching_up_looks_anew_for_each_call_and_waits_while_the_store_is_away()
    {
        var (node, other) = (Open("a"), Open("b"));
        node.Store.HintDelay = () => null;
        node.Store.Latency = TimeSpan.FromMilliseconds(100);
        var first = node.Journal.CatchUpAsync(default).AsTask();
        Advance(0.06);

        // The first looking has been answered by the store already: it does not count for a reader that comes now.
        Done(other.Append(Batch("1")));
        var second = node.Journal.CatchUpAsync(default).AsTask();
        node.Store.Cut();
        Advance(5);
        Assert.False(second.IsCompleted);
        node.Store.Cut(false);
        Advance(1);

        Assert.True(first.IsCompleted);
        Assert.Equal(1, Done(second));
    }

    [Fact]
    public void A_reader_begins_in_the_middle_of_a_batch()
    {
        var node = Open("a");
        Done(node.Append(new([.. Enumerable.Range(1, 10).Select(i => Specifications.Make.Entry($"{i}"))], [])));
        Done(node.Append(Batch("11")));
        var later = Open("b");

        Assert.Equal(["8", "9", "10", "11"], later.Read(after: 7).Select(e => e.Type));
        Assert.Empty(later.Read(after: 11));
    }

    [Fact]
    public void A_reader_that_retention_overtook_is_told_of_its_gap()
    {
        Options.RetainMs = 60_000;
        Options.RecentBytes = 0;
        var node = Open("a");
        Done(node.Append(Batch("1")));
        Done(node.Append(Batch("2")));
        Advance(70);
        Done(node.Append(Batch("3")));
        Advance(1);

        var trimmed = Assert.Throws<JournalTrimmedException>(() => node.Read());

        Assert.Equal((0, 2), (trimmed.After, trimmed.Floor));
        Assert.Equal(2, node.Journal.Floor);
        Assert.Equal(["3"], node.Read(after: 2).Select(e => e.Type));
    }

    [Fact]
    public void Retention_keeps_what_an_open_turn_needs()
    {
        Options.RetainMs = 60_000;
        Options.HoldKinds.Add("mark");
        var node = Open("a");
        Done(node.Append(Batch("1")));
        Done(node.Append(new([Specifications.Make.Entry("2")], [Specifications.Make.Put("mark", "ses_1", "m", "1")])));
        Done(node.Append(Batch("3")));

        Advance(300);
        Assert.Equal(2, node.Journal.Floor);
        Done(node.Append(new([], [Specifications.Make.Delete("mark", "ses_1", "m")])));
        Advance(20);

        Assert.Equal(3, node.Journal.Floor);
    }

    [Fact]
    public void A_node_that_stood_still_for_longer_than_entries_are_kept_ends()
    {
        Options.RetainMs = 60_000;
        var (node, other) = (Open("a"), Open("b"));
        node.Store.Cut();
        Done(other.Append(Batch("1")));
        Advance(100);
        Done(other.Append(Batch("2")));
        Advance(20);

        node.Store.Cut(false);
        Advance(2);

        var dead = Assert.Throws<JournalFailedException>(() => Done(node.Append(Batch("3"))));
        Assert.Contains("stood still", dead.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_with_a_wrong_number_of_entries_ends_each_journal_that_reads_it()
    {
        var (node, other) = (Open("a"), Open("b"));
        node.Store.HintDelay = () => null;
        Done(other.Append(Batch("1")));
        Database.Do(c => c.Batches[0] = c.Batches[0] with { Body = default });

        Advance(1);

        var dead = Assert.Throws<JournalFailedException>(() => Done(node.Append(Batch("2"))));
        Assert.Contains("should have 1 entries", dead.Message, StringComparison.Ordinal);
    }
}
