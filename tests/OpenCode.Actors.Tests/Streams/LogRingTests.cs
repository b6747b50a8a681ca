using System.Runtime.CompilerServices;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Streams.Frames;
using OpenCode.Actors.Streams.Log;

namespace OpenCode.Actors.Tests.Streams;

public sealed class LogRingTests
{
    private static readonly Action NoWake = static () => { };

    private readonly ScriptedJournal _journal = new();

    [Fact]
    public void A_reader_that_has_gone_is_not_kept_until_the_next_wake_up()
    {
        var lane = new LogLane();

        var gone = Leave(lane);
        GC.Collect();

        Assert.False(gone.IsAlive);
        GC.KeepAlive(lane);
    }

    [Fact]
    public void Entries_and_every_frame_are_charged_and_the_oldest_go()
    {
        var ring = NewRing(capacityBytes: 100_000);
        var reader = ring.Subscribe(EntryFilter.All, NoWake);
        for (var i = 0; i < 100; i++)
        {
            Append(ring, _journal.DurableEvent("ses_1", i, bytes: 1_000));
            Assert.InRange(ring.Bytes, 0, ring.CapacityBytes);
        }

        var after = ring.After;
        Assert.InRange(after, 1, 99);
        for (var ordinal = after; ordinal < 100; ordinal++)
        {
            if (!reader.Lane.TryRead(ordinal, out var slot))
                continue;

            ring.FramesOf(slot, wrapped: true);
            ring.FramesOf(slot, wrapped: false);
            Assert.InRange(ring.Bytes, 0, ring.CapacityBytes);
        }

        Assert.True(ring.After > after, "Frames were made and nothing had to go.");
    }

    [Fact]
    public void A_frame_of_an_entry_that_left_the_ring_is_not_charged()
    {
        var ring = NewRing(capacityBytes: 3_000);
        var reader = ring.Subscribe(EntryFilter.All, NoWake);
        Append(ring, _journal.Event(bytes: 1_000));
        Assert.True(reader.Lane.TryRead(0, out var slot));
        Append(ring, _journal.Event(bytes: 2_500));
        Assert.Equal(1, ring.After);
        var before = ring.Bytes;

        Assert.False(ring.FramesOf(slot, wrapped: false).First.IsEmpty);

        Assert.Equal(before, ring.Bytes);
    }

    [Fact]
    public void The_ring_is_charged_all_that_its_frames_keep_alive()
    {
        var ring = NewRing(capacityBytes: 200_000);
        var lane = ring.Subscribe(EntryFilter.All, NoWake).Lane;
        var slabs = new Queue<(long Offset, FrameSlab Slab)>();
        for (var i = 0; i < 2_000; i++)
        {
            Append(ring, _journal.Event(bytes: i % 7 * 300));
            Assert.True(lane.TryRead(i, out var slot));

            // Every fourth is asked for late, as by a client far behind: its frames are among newer ones.
            if (i % 4 != 0)
                slabs.Enqueue((slot.Offset, ring.FramesOf(slot, wrapped: true).Slab));
            if (i % 4 == 3 && lane.TryRead(i - 59, out var old))
                slabs.Enqueue((old.Offset, ring.FramesOf(old, wrapped: true).Slab));

            var alive = slabs.Where(s => s.Offset > ring.After).Select(s => s.Slab).Distinct().Sum(s => (long)s.Bytes.Length);
            Assert.InRange(ring.Bytes, alive, ring.CapacityBytes);
        }
    }

    [Fact]
    public void An_entry_larger_than_the_ring_passes_through_it()
    {
        var ring = NewRing(capacityBytes: 1_000);

        Append(ring, _journal.Event(bytes: 5_000));

        Assert.Equal(1, ring.End);
        Assert.Equal(1, ring.After);
        Assert.Equal(0, ring.Bytes);
    }

    [Fact]
    public void A_lane_has_the_entries_of_its_selection_only()
    {
        var ring = NewRing();
        var location = ring.Subscribe(new EntryFilter(Location: "/a"), NoWake).Lane;
        var session = ring.Subscribe(new EntryFilter(SessionId: "ses_1"), NoWake).Lane;
        Append(ring, _journal.Event("/a"), _journal.Event("/b", "ses_1"), _journal.Event(location: null), _journal.Event("/a", "ses_1"));

        Assert.Equal([1, 4], Offsets(location));
        Assert.Equal([2, 4], Offsets(session));
    }

    [Fact]
    public void A_lane_finds_the_first_entry_behind_an_offset()
    {
        var ring = NewRing();
        var lane = ring.Subscribe(new EntryFilter(Location: "/a"), NoWake).Lane;
        for (var i = 1; i <= 100; i++)
            Append(ring, _journal.Event(i % 3 == 0 ? "/a" : "/b"));

        for (var offset = 0; offset <= 101; offset++)
            Assert.Equal(Math.Min(offset / 3, 33), lane.FindAfter(offset));
    }

    [Fact]
    public void A_lane_remembers_nothing_of_what_has_left_but_that_it_has()
    {
        var ring = NewRing(capacityBytes: 10_000);
        var lane = ring.Subscribe(EntryFilter.All, NoWake).Lane;
        for (var i = 0; i < 100; i++)
            Append(ring, _journal.Event(bytes: 1_000));

        Assert.True(lane.HasLeft(0));
        Assert.False(lane.TryRead(0, out _));
        Assert.False(lane.HasLeft(ring.After));
        Assert.Equal(ring.After, lane.FindAfter(0));
    }

    [Fact]
    public void A_hole_in_the_log_is_refused()
    {
        var ring = NewRing();
        _journal.Append(_journal.Event(), _journal.Event());

        Assert.Throws<InvalidOperationException>(() => ring.Append([_journal[2]]));
    }

    [Fact]
    public async Task Readers_on_other_threads_see_every_entry_in_order_while_the_ring_turns_over()
    {
        var ring = NewRing(capacityBytes: 200_000);
        var entries = new List<LogEntry>();
        for (var i = 0; i < 50_000; i++)
            _journal.Append(_journal.Event(i % 5 == 0 ? "/a" : "/b"));
        entries.AddRange(_journal.Entries);

        var readers = Enumerable.Range(0, 4).Select(i => Task.Run(() => ReadAll(ring, i % 2 == 0 ? EntryFilter.All : new EntryFilter(Location: "/a")))).ToArray();
        foreach (var chunk in entries.Chunk(10))
            ring.Append(chunk);
        var holes = await Task.WhenAll(readers);

        Assert.All(holes, h => Assert.Equal(0, h));
    }

    // What was skipped must have left the ring; what is read must be the next. Counts what is neither.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Leave(LogLane lane)
    {
        var reader = new LaneReader(lane, new WakeWave(), NoWake);
        lane.AddNeedsGate(reader);
        Assert.Same(reader, Assert.Single(lane.ReadersNeedsGate()));
        lane.RemoveNeedsGate(reader);
        return new WeakReference(reader);
    }

    private static int ReadAll(LogRing ring, EntryFilter filter)
    {
        var lane = ring.Subscribe(filter, NoWake).Lane;
        var wrong = 0;
        long last = 0;
        long ordinal = 0;
        while (last < 49_996)
        {
            if (lane.TryRead(ordinal, out var slot))
            {
                if (slot.Offset <= last || !filter.Matches(slot.Entry) || ring.FramesOf(slot, wrapped: false).Offset != slot.Offset)
                    wrong++;
                if (slot.Offset != last + (filter.Location is null ? 1 : last == 0 ? 1 : 5) && ring.After < slot.Offset - 5)
                    wrong++;
                last = slot.Offset;
                ordinal++;
            }
            else if (lane.HasLeft(ordinal))
            {
                // As a reader does that is behind the ring, once its pages have brought it near again.
                last = ring.After;
                var found = lane.FindAfter(last);
                if (ring.After <= last)
                    ordinal = found;
                else
                    ordinal = -1;
            }
        }

        return wrong;
    }

    private static List<long> Offsets(LogLane lane)
    {
        var offsets = new List<long>();
        for (var ordinal = 0L; lane.TryRead(ordinal, out var slot); ordinal++)
            offsets.Add(slot.Offset);
        return offsets;
    }

    private LogRing NewRing(long capacityBytes = 1 << 20) => new(after: 0, capacityBytes, new FrameEncoder(() => _journal.Timeline));

    private void Append(LogRing ring, params EntryDraft[] drafts)
    {
        var before = _journal.Head;
        _journal.Append(drafts);
        ring.Append([.. _journal.Entries.Skip((int)before)]);
    }
}
