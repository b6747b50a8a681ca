using OpenCode.Actors.Journal;
using OpenCode.Actors.Tests.Journal.Memory;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Streams;

/// <summary>Streams on the journal that ships, over a disk in memory: restarts and power cuts as clients see them.</summary>
public sealed class JournaledStreamsTests
{
    private readonly VirtualTime _time = new();
    private readonly MemoryDisk _disk = new(seed: 5);
    private readonly List<string> _seen = [];
    private int _events;

    [Fact]
    public async Task A_client_that_comes_back_after_a_restart_gets_all_that_followed_its_cursor()
    {
        string cursor;
        await using (var first = await NodeAsync(ringBytes: 1 << 20))
        {
            var client = first.Connect();
            await first.AppendAsync(20);
            cursor = client.Events[5].Id; // Cut in the middle.
            Note(client.LogEvents.Take(5));
            await first.AppendAsync(20);
        }

        await using var second = await NodeAsync(ringBytes: 1 << 20);
        var back = second.Connect(cursor);
        await second.AppendAsync(20);
        Note(back.LogEvents);

        Assert.Equal(Enumerable.Range(1, 60).Select(i => $"evt_{i}"), _seen);
        Assert.DoesNotContain(back.Events, e => e.Type == "hub.gap");
        Assert.NotEqual(cursor![..cursor.IndexOf('-', StringComparison.Ordinal)], back.LastEventId[..back.LastEventId.IndexOf('-', StringComparison.Ordinal)]);
    }

    [Fact]
    public async Task A_slow_client_passes_from_the_store_over_recent_entries_to_the_ring()
    {
        await using var node = await NodeAsync(ringBytes: 20_000, recentBytes: 30_000);
        await node.AppendAsync(1_000);

        var client = node.Connect($"{node.Timeline}.1-0");
        await node.AppendAsync(10);
        Note(client.LogEvents);

        Assert.Equal(Enumerable.Range(1, 1_010).Select(i => $"evt_{i}"), _seen);
    }

    [Fact]
    public async Task A_power_cut_that_took_what_a_client_was_shown_is_told_as_a_gap_and_no_other_event_takes_its_place_unnoticed()
    {
        string lost;
        string kept;
        await using (var first = await NodeAsync(ringBytes: 1 << 20))
        {
            var client = first.Connect();
            await first.AppendAsync(1, durable: true);
            kept = client.LastEventId;
            await first.AppendAsync(50); // Volatile: shown, not synced (rule "Durable before visible").
            lost = client.LastEventId;
            _disk.Crash();
        }

        await using var second = await NodeAsync(ringBytes: 1 << 20);
        Assert.True(second.Head < 51, "The power cut took nothing; choose another seed.");
        await second.AppendAsync(100); // Other events have those offsets now.

        var gapped = second.Connect(lost);
        var resumed = second.Connect(kept);

        Assert.Equal("timeline", gapped.Events[1].Json.GetProperty("properties").GetProperty("reason").GetString());
        Assert.Empty(gapped.LogEvents);
        Assert.DoesNotContain(resumed.Events, e => e.Type == "hub.gap");
        Assert.Equal(second.Head - 1, resumed.LogEvents.Count());
    }

    private void Note(IEnumerable<SeenEvent> events) => _seen.AddRange(events.Select(e => e.EventId));

    private async Task<Node> NodeAsync(long ringBytes, long recentBytes = 1 << 20)
    {
        var options = new JournalOptions { RecentBytes = recentBytes };
        return new Node(await _disk.OpenAsync(options, _time), ringBytes, () => $"evt_{++_events}");
    }

    private sealed class Node : StreamsKit
    {
        private readonly SteppedJournal _journal;
        private readonly Func<string> _nextId;

        public Node(IJournal journal, long ringBytes, Func<string> nextId)
        {
            _journal = new SteppedJournal(journal, Simulation);
            _nextId = nextId;
            Options.RingBytes = ringBytes;
            Start(_journal);
        }

        public string Timeline => _journal.Timeline.Id;

        public long Head => _journal.Head;

        public async Task AppendAsync(int count, bool durable = false)
        {
            for (var i = 0; i < count; i++)
            {
                var draft = new EntryDraft(_nextId(), "tui.toast.show", "/a", "global", null, -1, durable, """{"message":"hello"}"""u8.ToArray());
                var appended = _journal.AppendAsync(new JournalBatch([draft], []), CancellationToken.None).AsTask();
                Run();
                await appended;
            }

            Assert.Equal(_journal.Head, Log.Ring.End);
        }

        public RecordingSseWriter Connect(string? cursor = null)
        {
            var client = ConnectBare(cursor);
            Assert.EndsWith($"-{_journal.Head}", client.LastEventId, StringComparison.Ordinal);
            return client;
        }

        public new async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            try
            {
                await _journal.DisposeAsync();
            }
            catch (IOException)
            {
                // The power was cut.
            }
        }
    }
}
