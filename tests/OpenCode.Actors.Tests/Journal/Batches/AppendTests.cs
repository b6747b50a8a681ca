using OpenCode.Actors.Journal;
using OpenCode.Actors.Tests.Journal.Memory;
using OpenCode.Actors.Tests.Specifications;
using static OpenCode.Actors.Tests.Journal.Batches.JournalNode;

namespace OpenCode.Actors.Tests.Journal.Batches;

/// <summary>Batches whose request or answer was lost (rule "Numbered batches"), and batches under a stale fence.</summary>
public sealed class AppendTests : BatchJournalKit
{
    [Theory]
    [InlineData(StoreFault.QuestionLost)]
    [InlineData(StoreFault.AnswerLost)]
    [InlineData(StoreFault.ArrivesLate)]
    [InlineData(StoreFault.Busy)]
    public void A_batch_without_an_answer_is_written_once_and_answered_where_it_is(object fault)
    {
        var node = Open("a");
        FailOnce(node, (StoreFault)fault);

        var append = node.Append(Batch("1"));
        Assert.False(append.IsCompleted);
        Advance(10);

        Assert.Equal(1, Done(append));
        Assert.Equal(2, Done(node.Append(Batch("2"))));
        Assert.Equal(["1", "2"], Stored());
        Assert.Equal(["1", "2"], node.Shown.Select(e => e.Type));
    }

    [Theory]
    [InlineData(StoreFault.QuestionLost, 2)]
    [InlineData(StoreFault.AnswerLost, 1)]
    public void That_the_head_has_moved_as_far_as_a_batch_says_nothing_of_that_batch(object fault, long expected)
    {
        var (node, other) = (Open("a"), Open("b"));
        FailOnce(node, (StoreFault)fault);

        var append = node.Append(Batch("mine"));
        Done(other.Append(Batch("another's")));
        Advance(10);

        Assert.Equal(expected, Done(append));
        Assert.Equal("mine", node.Read()[(int)expected - 1].Type);
        Assert.Equal(2, Stored().Count);
    }

    [Fact]
    public void A_question_that_arrives_after_it_was_decided_does_nothing()
    {
        var node = Open("a");
        node.Store.Lateness = TimeSpan.FromSeconds(30);
        FailOnce(node, StoreFault.ArrivesLate);

        var append = node.Append(Batch("1"));
        Advance(1);
        Assert.Equal(1, Done(append));
        Done(node.Append(Batch("2")));
        Advance(60);

        Assert.Equal(["1", "2"], Stored());
    }

    [Fact]
    public void A_question_that_arrives_after_its_shard_was_lost_does_nothing()
    {
        Database.SetToken(7, 1);
        var node = Open("a");
        node.Store.Lateness = TimeSpan.FromSeconds(30);
        FailOnce(node, StoreFault.ArrivesLate);

        var append = node.Append(Batch("1", new Fence(7, 1)));
        Database.SetToken(7, 2);
        Advance(1);
        Assert.Equal(new Fence(7, 1), Assert.Throws<JournalFencedException>(() => Done(append)).Fence);
        Advance(60);

        Assert.Empty(Stored());
    }

    [Fact]
    public void What_was_committed_is_answered_as_committed_also_when_the_shard_is_lost_since()
    {
        Database.SetToken(7, 1);
        var node = Open("a");
        FailOnce(node, StoreFault.AnswerLost);

        var append = node.Append(Batch("1", new Fence(7, 1)));
        Database.SetToken(7, 2);
        Advance(1);

        Assert.Equal(1, Done(append));
        Assert.Equal(["1"], Stored());
    }

    [Fact]
    public void Of_batches_that_go_together_only_those_with_a_stale_fence_are_refused()
    {
        Database.SetToken(1, 1);
        Database.SetToken(2, 1);
        var node = Open("a");
        node.Store.Freeze();
        var first = node.Append(Batch("first"));
        var lost = node.Append(new([Make.Entry("lost")], [Make.Put("k", "o", "lost", "1")]) { Fences = [new(1, 1)] });
        var kept = node.Append(new([Make.Entry("kept")], [Make.Put("k", "o", "kept", "1")]) { Fences = [new(2, 1)] });
        var both = node.Append(Batch("both", new Fence(1, 1), new Fence(2, 1)));
        var none = node.Append(Batch("none"));

        Database.SetToken(1, 2);
        node.Store.Thaw();
        Advance(1);

        Assert.Equal(1, Done(first));
        Assert.Throws<JournalFencedException>(() => Done(lost));
        Assert.Equal(2, Done(kept));
        Assert.Throws<JournalFencedException>(() => Done(both));
        Assert.Equal(3, Done(none));
        Assert.Equal(["first", "kept", "none"], Stored());
        Assert.Equal(["k/kept=1@2"], node.Load("o"));
    }

    [Fact]
    public void All_that_comes_while_a_batch_is_under_way_shares_the_next_one()
    {
        var node = Open("a");
        node.Store.Latency = TimeSpan.FromMilliseconds(10);
        var appends = Enumerable.Range(0, 100).Select(i => node.Append(Batch($"{i}"))).ToList();

        Advance(0.02);

        Assert.Equal(Enumerable.Range(1, 100).Select(i => (long)i), appends.Select(Done));
        Assert.Equal(2, node.Store.Calls.Count(c => c == StoreCall.Append));
    }

    [Fact]
    public void A_store_without_room_is_told_to_the_caller_and_tried_again_once_a_second()
    {
        var node = Open("a");
        node.Store.Fault = call => call == StoreCall.Append ? StoreFault.Full : StoreFault.None;

        var full = Assert.Throws<JournalFullException>(() => Done(node.Append(Batch("1"))));
        Assert.Null(full.FreeBytes);
        Assert.Contains("database", full.Message, StringComparison.Ordinal);
        node.Store.Fault = _ => StoreFault.None;
        var larger = Assert.Throws<JournalFullException>(() => Done(node.Append(Batch(new string('2', 5_000)))));
        Assert.InRange(full.NeededBytes, 1, 4_999);
        Assert.InRange(larger.NeededBytes, 5_000, 100_000); // Its own, and not those of the one that was tried.
        Advance(1);

        Assert.Equal(1, Done(node.Append(Batch("3"))));
        Assert.Equal(["3"], Stored());
    }

    [Fact]
    public void A_store_without_room_is_trimmed_at_each_try_and_not_with_the_next_retention_only()
    {
        var node = Open("a");
        Advance(2); // The first run by the clock.
        node.Store.Calls.Clear();
        node.Store.Fault = call => call == StoreCall.Append && !node.Store.Calls.Contains(StoreCall.Trim) ? StoreFault.Full : StoreFault.None;

        Assert.Throws<JournalFullException>(() => Done(node.Append(Batch("1"))));
        Assert.Single(node.Store.Calls, StoreCall.Trim);
        Advance(1);

        Assert.Equal(1, Done(node.Append(Batch("2"))));
        Assert.Single(node.Store.Calls, StoreCall.Trim);
    }

    [Fact]
    public void A_store_without_room_is_not_told_of_a_batch_that_may_be_written_already()
    {
        var node = Open("a");
        var faults = new Queue<StoreFault>([StoreFault.AnswerLost, StoreFault.Full, StoreFault.Full]);
        node.Store.Fault = call => call == StoreCall.Append && faults.TryDequeue(out var fault) ? fault : StoreFault.None;

        var append = node.Append(Batch("1"));
        Advance(5);

        Assert.Equal(1, Done(append));
    }

    [Fact]
    public void While_the_store_is_away_appends_wait()
    {
        var node = Open("a");
        node.Store.Cut();

        var append = node.Append(Batch("1"));
        Advance(10);
        Assert.False(append.IsCompleted);
        node.Store.Cut(false);
        Advance(1);

        Assert.Equal(1, Done(append));
    }

    [Fact]
    public void A_closing_journal_gives_the_store_some_seconds_to_answer_and_then_says_that_the_fate_is_unknown()
    {
        var node = Open("a");
        node.Store.Cut();
        var append = node.Append(Batch("1"));

        node.Close();

        Assert.Throws<JournalFailedException>(() => Done(append));
    }

    [Fact]
    public void A_row_deleted_and_written_again_in_one_commit_comes_last_and_others_keep_their_place()
    {
        var node = Open("a");
        Done(node.Append(new([], [Make.Put("k", "o", "a", "1"), Make.Put("k", "o", "b", "1"), Make.Put("k", "o", "c", "1")])));
        node.Store.Freeze();
        var first = node.Append(new([], [Make.Put("k", "o", "d", "1")]));

        // These go together.
        _ = node.Append(new([Make.Entry("e")], [Make.Delete("k", "o", "a"), Make.Put("k", "o", "f", "1"), Make.Put("k", "o", "b", "2")]));
        _ = node.Append(new([Make.Entry("f")], [Make.Put("k", "o", "a", "2"), Make.Put("k", "o", "f", "2"), Make.Put("k", "o", "g", "1"), Make.Delete("k", "o", "c")]));
        _ = node.Append(new([], [Make.Put("k", "o", "a", "3"), Make.Delete("k", "o", "g")]));
        node.Store.Thaw();

        Done(first);
        Assert.Equal(["k/b=2@1", "k/d=1@0", "k/f=2@2", "k/a=3@2"], node.Load("o"));
    }

    private static void FailOnce(JournalNode node, StoreFault fault)
    {
        var failed = false;
        node.Store.Fault = call =>
        {
            if (call != StoreCall.Append || failed)
                return StoreFault.None;

            failed = true;
            return fault;
        };
    }
}
