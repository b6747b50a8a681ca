using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journaling;
using OpenCode.Actors.Streams.Log;

namespace OpenCode.Actors.Tests.Streams;

public sealed class EventLogActorTests : StreamsKit
{
    private readonly List<string> _shutdown = [];

    [Fact]
    public void The_ring_holds_the_same_entries_as_the_journal()
    {
        Start();
        var lane = Log.Ring.Subscribe(EntryFilter.All, CreateProbe().Ref).Lane;

        Append(Journal.Event(), Journal.Event());

        Assert.True(lane.TryRead(1, out var slot));
        Assert.Same(Journal[2], slot.Entry);
    }

    [Fact]
    public void A_journal_that_dies_under_the_tail_ends_the_node()
    {
        StartWatched();

        Journal.Fail(new JournalFailedException("sync of 1.log"));
        Run();

        ExpectLost();
    }

    [Fact]
    public void A_journal_that_the_tail_cannot_read_ends_the_node()
    {
        StartWatched();
        Journal.ReadFault = _ => new IOException("The disk is on fire.");

        Append(Journal.Event());

        ExpectLost();
    }

    [Fact]
    public void A_hole_in_what_the_journal_gives_ends_the_node_and_is_never_shown()
    {
        StartWatched();
        var client = ConnectWrapped();
        Journal.SkipsOffset = 2;

        Append(Journal.Event(), Journal.Event(), Journal.Event());

        ExpectLost();
        Assert.DoesNotContain(client.LogEvents, e => e.Id == Id(3));
    }

    [Fact]
    public void Who_waits_for_an_offset_hears_of_it_once_the_ring_has_it()
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

    private void StartWatched()
    {
        System.CoordinatedShutdown.AddTask(ShutdownPhases.ServiceStop, "seen", _ =>
        {
            _shutdown.Add("seen");
            return Task.CompletedTask;
        });
        Start();
    }

    private void ExpectLost()
    {
        Assert.Equal(["seen"], _shutdown);
        Assert.Single(Logs.Records, r => r.EventId == 2001 && r.Level == LogLevel.Critical);
    }
}
