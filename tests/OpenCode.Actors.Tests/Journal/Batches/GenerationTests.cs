using OpenCode.Actors.Journal;
using OpenCode.Actors.Tests.Journal.Memory;
using static OpenCode.Actors.Tests.Journal.Batches.JournalNode;

namespace OpenCode.Actors.Tests.Journal.Batches;

/// <summary>Generations that begin while nodes run (rule "Good cursor"): a node that holds nothing of what was lost goes on, and no client's cursor ends a node.</summary>
public sealed class GenerationTests : BatchJournalKit
{
    [Fact]
    public void A_store_that_is_started_again_is_in_a_new_generation_and_the_nodes_go_on_in_it()
    {
        var (node, other) = (Open("a"), Open("b"));
        Done(node.Append(Batch("1")));
        Advance(2);

        Database.Restart();
        Advance(2);

        Assert.Equal([0L, 1L], node.Journal.Timeline.Generations.Select(g => g.HeadBefore));
        Assert.Equal(node.Journal.Timeline.Generations, other.Journal.Timeline.Generations);
        Assert.Equal(2, Done(node.Append(Batch("2"))));
        Assert.Equal(3, Done(other.Append(Batch("3"))));
        Assert.Equal(["1", "2", "3"], node.Shown.Select(e => e.Type));
        Assert.Equal(["1", "2", "3"], other.Shown.Select(e => e.Type));
    }

    [Fact]
    public void A_store_restored_while_all_nodes_were_down_resumes_no_cursor_of_what_was_lost_however_far_it_grows()
    {
        var node = Open("a");
        Done(node.Append(Batch("1")));
        var backup = Database.Backup();
        Done(node.Append(Batch("2")));
        Done(node.Append(Batch("3")));
        node.Close();

        Database.RestoreAndStart(backup);
        var next = Open("b");
        for (var i = 0; i < 9; i++)
            Done(next.Append(Batch($"another {i}")));

        Assert.Equal(1, next.Journal.Timeline.LeastHeadAfter(1));
    }

    [Fact]
    public void A_node_that_has_more_than_the_restored_store_ends_and_one_that_has_less_goes_on()
    {
        var (node, behind) = (Open("a"), Open("b"));
        Done(node.Append(Batch("1")));
        Advance(2);
        behind.Store.Cut();
        Done(node.Append(Batch("2")));
        var backup = Database.Backup();
        Done(node.Append(Batch("3")));

        Database.RestoreAndStart(backup);
        behind.Store.Cut(false);
        Advance(2);

        Assert.Throws<JournalFailedException>(() => Done(node.Append(Batch("4"))));
        Assert.Equal(3, Done(behind.Append(Batch("another 3"))));
        Assert.Equal(["1", "2", "another 3"], behind.Shown.Select(e => e.Type));
        Assert.Equal(2, behind.Journal.Timeline.LeastHeadAfter(1));
    }

    [Fact]
    public void A_cursor_beyond_the_head_of_the_store_begins_a_generation_and_old_cursors_are_no_good_when_the_log_has_grown_over_them()
    {
        // The restore went unnoticed: the one node that runs had not seen what was lost.
        var node = OpenLater();
        Done(node.Append(Batch("1")));

        Verify(node, generation: 1, offset: 5);
        for (var i = 2; i < 9; i++)
            Done(node.Append(Batch($"{i}")));

        Assert.Equal([new Generation(1, 0), new(node.Journal.Timeline.Current, 1)], node.Journal.Timeline.Generations);
        Assert.Equal(1, node.Journal.Timeline.LeastHeadAfter(1));
    }

    [Fact]
    public void A_made_up_cursor_ends_no_journal_and_no_append_fails_by_it()
    {
        var nodes = new[] { OpenLater("a"), OpenLater("b"), OpenLater("c") };
        foreach (var node in nodes)
            node.Store.Latency = TimeSpan.FromMilliseconds(40);
        var appends = new List<Task<long>>();
        var verified = nodes[0].Journal.VerifyAsync(1, 1_000_000, default).AsTask();
        for (var i = 0; i < 60; i++)
        {
            appends.AddRange(nodes.Select((n, at) => n.Append(Batch($"{at}.{i}"))));
            Advance(0.01);
        }

        Advance(2);
        Done(verified);

        Assert.Equal(2, Database.Do(c => c.Generations.Count));
        Assert.InRange(Database.Do(c => c.Generations[^1].HeadBefore), 1, Database.Head - 1);
        Assert.Equal(Enumerable.Range(1, appends.Count).Select(i => (long)i), appends.Select(Done).Order());
        Assert.All(nodes, n => Assert.Equal(Stored(), n.Shown.Select(e => e.Type)));
        Assert.All(nodes, n => Assert.Equal(Database.Do(c => c.Generations.ToArray()), n.Journal.Timeline.Generations));
    }

    [Fact]
    public void Clients_begin_one_generation_a_minute_at_most_whatever_they_make_up_and_through_whichever_node()
    {
        var (node, other) = (OpenLater("a"), OpenLater("b"));
        for (var i = 0; i < 300; i++)
        {
            Verify(i % 2 == 0 ? node : other, node.Journal.Timeline.Current, 1_000 + i);
            Verify(node, int.MaxValue, 1_000 + i);
            Advance(1);
        }

        Assert.Equal(1 + 5, Database.Do(c => c.Generations.Count));
        Assert.Equal(1, Done(node.Append(Batch("1"))));
    }

    [Fact]
    public void Two_nodes_that_hear_of_a_restore_at_once_begin_one_generation()
    {
        var (node, other) = (OpenLater("a"), OpenLater("b"));
        node.Store.Latency = other.Store.Latency = TimeSpan.FromMilliseconds(40);

        var verified = Task.WhenAll(node.Journal.VerifyAsync(1, 7, default).AsTask(), other.Journal.VerifyAsync(1, 8, default).AsTask());
        Advance(2);

        Done(verified);
        Assert.Equal(2, Database.Do(c => c.Generations.Count));
        Assert.Equal(node.Journal.Timeline.Generations, other.Journal.Timeline.Generations);
    }

    [Fact]
    public void A_cursor_that_another_node_gave_out_in_a_later_generation_is_good_here_at_once()
    {
        var (node, other) = (OpenLater("a"), OpenLater("b"));
        Done(node.Append(Batch("1")));
        Advance(2);
        Verify(node, 1, 7);
        var generation = node.Journal.Timeline.Current;
        Assert.NotEqual(generation, other.Journal.Timeline.Current);

        Verify(other, generation, 1);

        Assert.Equal(generation, other.Journal.Timeline.Current);
        Assert.Equal(2, Database.Do(c => c.Generations.Count));
    }

    [Fact]
    public void A_cursor_that_is_only_beyond_this_node_begins_no_generation()
    {
        var (node, other) = (OpenLater("a"), OpenLater("b"));
        other.Store.HintDelay = () => null;
        Done(node.Append(Batch("1")));

        Verify(other, 1, 1);

        Assert.Equal(1, other.Journal.Head);
        Assert.Single(Database.Do(c => c.Generations));
    }

    [Fact]
    public void Entries_of_a_new_generation_are_not_seen_before_it_is()
    {
        var (node, other) = (OpenLater("a"), OpenLater("b"));
        Verify(node, 1, 7);
        var generation = node.Journal.Timeline.Current;
        Assert.Equal(1, other.Journal.Timeline.Current);
        var seen = other.Journal.WaitBeyondAsync(0, default).AsTask().ContinueWith(
            _ => other.Journal.Timeline.Current, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

        Done(node.Append(Batch("1")));

        Assert.Equal(generation, Done(seen));
    }

    [Theory]
    [InlineData((int)StoreFault.AnswerLost)]
    [InlineData((int)StoreFault.QuestionLost)]
    [InlineData((int)StoreFault.ArrivesLate)]
    public void An_append_of_unknown_fate_is_decided_over_a_new_generation(int fault)
    {
        var (node, other) = (OpenLater("a"), OpenLater("b"));
        var (appends, isAway) = (0, true);
        node.Store.Lateness = TimeSpan.FromSeconds(1);
        node.Store.Fault = call => call == StoreCall.Append && appends++ == 0 ? (StoreFault)fault : isAway ? StoreFault.QuestionLost : StoreFault.None;
        var append = node.Append(Batch("1"));
        Verify(other, 1, 7);
        isAway = false;
        Advance(3);

        Assert.Equal(1, Done(append));
        Assert.Equal(2, Done(node.Append(Batch("2"))));
        Assert.Equal(["1", "2"], Stored());
        Assert.Equal(["1", "2"], other.Shown.Select(e => e.Type));
        Assert.Equal(2, Database.Do(c => c.Generations.Count));
    }

    [Fact]
    public void A_store_that_is_away_while_a_generation_is_adopted_is_asked_again()
    {
        var node = OpenLater();
        Done(node.Append(Batch("1")));
        var asked = 0;
        node.Store.Fault = call => call == StoreCall.Life && asked++ % 3 < 2 ? StoreFault.AnswerLost : StoreFault.None;

        Database.Restart();
        var append = node.Append(Batch("2"));
        Advance(5);

        Assert.Equal(2, Done(append));
        Assert.Equal(2, node.Journal.Timeline.Generations.Count);
    }

    // A minute after the first generation began: a client may begin the next one.
    private JournalNode OpenLater(string name = "a")
    {
        Advance(60);
        return Open(name);
    }

    private static void Verify(JournalNode node, long generation, long offset) => Done(node.Journal.VerifyAsync(generation, offset, default).AsTask());
}
