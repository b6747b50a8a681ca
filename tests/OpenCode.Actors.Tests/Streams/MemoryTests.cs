using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.Tests.Streams;

/// <summary>Rule "Bounded memory" without sockets.</summary>
public sealed class MemoryTests : StreamsKit
{
    [Fact]
    public void Clients_that_never_read_cost_their_cursors_and_the_healthy_miss_nothing()
    {
        const int Events = 1_000; // 16 MB through a ring of 1 MiB.
        Options.RingBytes = 1 << 20;
        Start();
        var stalled = Enumerable.Range(0, 40).Select(_ => ConnectWrapped()).ToList();
        stalled.ForEach(s => s.Holds = true);
        var healthy = Enumerable.Range(0, 10).Select(_ => new CountingSseWriter()).ToList();
        healthy.ForEach(h => Connect(new StreamRequest(StreamKind.Wrapped, null, null, null, h)));

        for (var i = 0; i < Events; i++)
        {
            Append(Journal.Event(bytes: 16_000));
            Assert.InRange(Log.Ring.Bytes, 0, Options.RingBytes);
        }

        Assert.All(healthy, h => Assert.Equal(Events + 1, h.Frames));
        Assert.All(stalled, s => Assert.InRange(s.LargestWrite, 0, 256 * 1024));
        Assert.All(stalled, s => Assert.Equal(2, s.Writes));

        // Deadline and two heartbeats later they are gone.
        Time.Advance(TimeSpan.FromSeconds(40));
        Assert.All(stalled, s => Assert.Equal(StreamEndReason.Stalled, s.ResetBy!.Reason));
        Assert.Equal(10, Metrics.Open);
        Assert.Equal(40, Logs.Records.Count(r => r.EventId == 2002));
    }

    [Fact]
    public void A_client_that_takes_nothing_of_its_write_keeps_no_frame_and_so_no_slab()
    {
        Start();
        var stalled = ConnectWrapped();
        stalled.Holds = true;
        Append([.. Enumerable.Range(0, 100).Select(_ => Journal.Event(bytes: 100))]);

        Assert.True(stalled.IsWriting);
        Assert.Empty(stalled.LastRun!);
    }

    [Fact]
    public void A_stalled_client_that_comes_back_catches_up_from_the_journal()
    {
        Options.RingBytes = 200_000;
        Start();
        var stalled = ConnectWrapped();
        stalled.Holds = true;
        for (var i = 0; i < 200; i++)
            Append(Journal.Event(bytes: 16_000));
        Time.Advance(TimeSpan.FromSeconds(40));

        var back = ConnectWrapped(stalled.LastEventId);

        Assert.Equal(200, stalled.LogEvents.Count() + back.LogEvents.Count());
        Assert.Equal(Id(200), back.LastEventId);
        Assert.InRange(back.LargestWrite, 0, 256 * 1024);
        Assert.InRange(Log.Ring.Bytes, 0, Options.RingBytes);
    }
}
