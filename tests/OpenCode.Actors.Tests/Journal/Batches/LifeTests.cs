using OpenCode.Actors.Journal;
using OpenCode.Actors.Tests.Journal.Memory;
using static OpenCode.Actors.Tests.Journal.Batches.JournalNode;

namespace OpenCode.Actors.Tests.Journal.Batches;

/// <summary>A store that was restored or failed over (rule "Life of the database", rule "Good cursor").</summary>
public sealed class LifeTests : BatchJournalKit
{
    [Fact]
    public void A_new_life_ends_the_journal_and_all_waits_on_it()
    {
        var node = Open("a");
        Done(node.Append(Batch("1")));
        var waiting = node.Journal.WaitBeyondAsync(1, default).AsTask();

        Database.BeginLife();
        Advance(2);

        Assert.Throws<JournalFailedException>(() => Done(waiting));
        Assert.True(node.Journal.Died.IsCompletedSuccessfully);
        Assert.Throws<JournalFailedException>(() => Done(node.Append(Batch("2"))));
        Assert.Throws<JournalFailedException>(() => Done(node.Journal.CatchUpAsync(default).AsTask()));
        var next = Open("b");
        Assert.Equal([0L, 1L], next.Journal.Timeline.Generations.Select(g => g.HeadBefore));
        Assert.Equal(2, Done(next.Append(Batch("2"))));
    }

    [Fact]
    public void An_append_whose_answer_was_lost_with_the_old_life_is_not_written_into_the_new_one()
    {
        var node = Open("a");
        Done(node.Append(Batch("1")));
        node.Store.Cut();
        var append = node.Append(Batch("2"));

        Database.BeginLife();
        node.Store.Cut(false);
        Advance(2);

        Assert.Throws<JournalFailedException>(() => Done(append));
        Assert.Equal(["1"], Stored());
    }

    [Fact]
    public void A_node_that_remembers_more_than_the_store_has_ends_and_no_cursor_of_before_is_good_any_more()
    {
        var node = Open("a");
        Done(node.Append(Batch("1")));
        var backup = Database.Backup();
        Done(node.Append(Batch("2")));

        Database.Restore(backup);
        Advance(2);

        Assert.Throws<JournalFailedException>(() => Done(node.Append(Batch("3"))));
        var next = Open("b");
        Assert.Equal(1, next.Journal.Head);
        Assert.Equal(0, next.Journal.Timeline.LeastHeadAfter(1));
    }

    [Fact]
    public void No_cursor_of_a_life_that_a_backup_does_not_know_is_good()
    {
        var node = Open("a");
        Done(node.Append(Batch("1")));
        var backup = Database.Backup();
        var lost = new List<long>();
        for (var i = 0; i < 2; i++)
        {
            Database.Restore(backup);
            Database.BeginLife();
            var next = Open($"b{i}");
            Done(next.Append(Batch($"{i}")));
            lost.Add(next.Journal.Timeline.Current);
            Advance(0.001); // No restore is faster.
        }

        Database.Restore(backup);
        Database.BeginLife();

        var timeline = Open("c").Journal.Timeline;
        Assert.All(lost, generation => Assert.Equal(0, timeline.LeastHeadAfter(generation)));
        Assert.Equal(1, timeline.LeastHeadAfter(1));
    }

    [Fact]
    public void A_node_notices_a_restored_store_also_when_another_has_written_beyond_it()
    {
        var (node, other) = (Open("a"), Open("b"));
        Done(node.Append(Batch("1")));
        var backup = Database.Backup();
        other.Store.Cut();
        Done(node.Append(Batch("2")));
        node.Store.Cut();

        Database.Restore(backup);
        other.Store.Cut(false);
        Advance(1);
        Done(other.Append(Batch("another 2")));
        Done(other.Append(Batch("another 3")));
        node.Store.Cut(false);
        Advance(2);

        Assert.Throws<JournalFailedException>(() => Done(node.Append(Batch("3"))));
        Assert.Equal(["1", "2"], node.Shown.Select(e => e.Type));
        Assert.Throws<JournalFailedException>(() => Done(other.Append(Batch("4"))));
        Assert.Equal(0, Open("c").Journal.Timeline.LeastHeadAfter(1));
    }

    [Fact]
    public void An_append_of_a_node_that_the_restored_store_does_not_know_is_refused()
    {
        var backup = Database.Backup();
        var node = Open("a");
        node.Store.Fault = call => call == StoreCall.Listen ? StoreFault.QuestionLost : StoreFault.None; // Nothing but the append looks.
        Database.Restore(backup);

        var append = node.Append(Batch("1"));
        Advance(1);

        Assert.Throws<JournalFailedException>(() => Done(append));
        Assert.Empty(Stored());
    }
}
