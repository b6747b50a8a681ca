using OpenCode.Actors.Streams.Subscribers;

namespace OpenCode.Actors.Tests.Streams;

public sealed class LivePathTests : StreamsKit
{
    [Fact]
    public void A_delivered_frame_costs_no_allocation_but_the_kernels_message()
    {
        const int Clients = 100;
        const int Events = 100;
        Start();
        for (var i = 0; i < Clients; i++)
            Connect(new StreamRequest(StreamKind.Bare, "/a", null, null, new CountingSseWriter()));

        var alone = Cost(Events, "/b"); // Nobody selects these: the price of the log itself.
        var shared = Cost(Events, "/a");
        var perDelivery = (double)(shared - alone) / (Clients * Events);

        // One wake-up is one message: a queue node of the kernel. The event's frame is shared by all.
        Assert.True(perDelivery <= 64, $"{perDelivery:f1} bytes were allocated for each delivered frame.");
    }

    [Fact]
    public void Frames_that_wait_together_share_one_wake_up_and_one_write()
    {
        Start();
        var writer = new RecordingSseWriter();
        Connect(Bare(writer));

        Append([.. Enumerable.Range(0, 100).Select(_ => Journal.Event())]);

        Assert.Equal(100, writer.LogEvents.Count());
        Assert.Equal(2, writer.Writes); // server.connected, then all at once.
    }

    private long Cost(int events, string location)
    {
        // Once before, so that what grows to its size and what is compiled has done so.
        Publish(events, location);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Publish(events, location);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private void Publish(int events, string location)
    {
        for (var i = 0; i < events; i++)
            Append(Journal.Event(location));
    }
}
