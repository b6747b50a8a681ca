using Akka;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Streams.Log;

namespace OpenCode.Actors.Tests.Streams;

public sealed class EventLogActorTests : StreamsKit
{
    private readonly List<CoordinatedShutdown.Reason?> _shutdown = [];

    [Fact]
    public void The_ring_holds_the_same_entries_as_the_journal()
    {
        Start();
        var lane = Log.Ring.Subscribe(EntryFilter.All, static () => { }).Lane;

        Append(Journal.Event(), Journal.Event());

        Assert.True(lane.TryRead(1, out var slot));
        Assert.Same(Journal[2], slot.Entry);
    }

    [Fact]
    public async Task A_journal_that_dies_under_the_tail_ends_the_node()
    {
        StartWatched();

        Journal.Fail(new JournalFailedException("sync of 1.log", "Start again.", null));
        Run();

        await ExpectLostAsync();
    }

    [Fact]
    public async Task A_journal_that_the_tail_cannot_read_ends_the_node()
    {
        StartWatched();
        Journal.ReadFault = _ => new IOException("The disk is on fire.");

        Append(Journal.Event());

        await ExpectLostAsync();
    }

    [Fact]
    public async Task A_hole_in_what_the_journal_gives_ends_the_node_and_is_never_shown()
    {
        StartWatched();
        var client = ConnectWrapped();
        Journal.SkipsOffset = 2;

        Append(Journal.Event(), Journal.Event(), Journal.Event());

        await ExpectLostAsync();
        Assert.DoesNotContain(client.LogEvents, e => e.Id == Id(3));
    }

    [Fact]
    public void An_asker_of_an_offset_is_told_once_the_ring_has_it()
    {
        Start();
        var probe = CreateProbe();
        probe.Send(LogActor, new LogTailActor.ReportAt(2));
        Append(Journal.Event());
        probe.ExpectNothing();

        Append(Journal.Event());

        probe.Expect(new LogTailActor.Reached(2));
        probe.Send(LogActor, new LogTailActor.ReportAt(1));
        probe.Expect(new LogTailActor.Reached(1));
    }

    [Fact]
    public void The_tail_goes_on_when_all_readers_that_it_woke_have_looked()
    {
        Start();
        var (first, second) = (Waiting(), Waiting());
        Append(Journal.Event());
        Append(Journal.Event());
        Assert.Equal(1, Log.Ring.End);

        first.Looked();
        Run();
        Assert.Equal(1, Log.Ring.End);

        second.Looked();
        Run();
        Assert.Equal(2, Log.Ring.End);
    }

    [Fact]
    public void A_reader_that_leaves_does_not_keep_the_tail_whether_it_was_woken_before_or_not()
    {
        Start();
        var woken = Waiting();
        Append(Journal.Event());
        Append(Journal.Event());

        Log.Ring.Unsubscribe(woken, EntryFilter.All);
        woken.Wake();
        Run();

        Assert.Equal(2, Log.Ring.End);
    }

    [Fact]
    public void A_reader_that_does_not_look_keeps_the_tail_for_a_moment_only()
    {
        Start();
        Waiting();
        Append(Journal.Event());
        Append(Journal.Event());

        Time.Advance(LogTailActor.LongestWave);
        Assert.Equal(2, Log.Ring.End);

        // Not again for the same reader.
        Append(Journal.Event());
        Append(Journal.Event());
        Assert.Equal(4, Log.Ring.End);
    }

    private LaneReader Waiting()
    {
        var reader = Log.Ring.Subscribe(EntryFilter.All, static () => { });
        Assert.True(reader.TryWait(reader.Lane.End));
        return reader;
    }

    private void StartWatched()
    {
        Simulation.WatchesEscapes = false;
        CoordinatedShutdown.Get(Sys).AddTask(CoordinatedShutdown.PhaseServiceStop, "seen", () =>
        {
            _shutdown.Add(CoordinatedShutdown.Get(Sys).ShutdownReason);
            return Task.FromResult(Done.Instance);
        });
        Start();
    }

    // The coordinated shutdown goes from phase to phase on the thread pool.
    private async Task ExpectLostAsync()
    {
        await RunUntilAsync(() => _shutdown.Count > 0);
        Assert.Equal([LogLostReason.Instance], _shutdown);
        Assert.Single(Logs.Records, r => r.EventId == 2001 && r.Level == LogLevel.Critical);
    }
}
