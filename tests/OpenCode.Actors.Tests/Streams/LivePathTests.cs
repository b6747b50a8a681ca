using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.Tests.Streams;

public sealed class LivePathTests : StreamsKit
{
    [Fact]
    public void A_delivered_frame_costs_no_allocation()
    {
        const int ClientCount = 100;
        const int Wakes = 50;
        const int Frames = 20;
        Start();
        for (var i = 0; i < ClientCount; i++)
            Connect(new StreamRequest(StreamKind.Bare, "/a", null, null, new CountingSseWriter()));

        // What no client selects is the price of the log itself. The rest is the wake-ups, and the frames that share them.
        var one = Cost(Wakes, 1, "/a") - Cost(Wakes, 1, "/b");
        var many = Cost(Wakes, Frames, "/a") - Cost(Wakes, Frames, "/b");
        var perFrame = (double)(many - one) / (ClientCount * Wakes * (Frames - 1));
        var perWake = ((double)one / (ClientCount * Wakes)) - perFrame;

        Assert.True(perFrame <= 8, $"{perFrame:f1} bytes were allocated for each delivered frame.");

        // One message to the stream, as an envelope of Akka's and a step of the test kit.
        Assert.True(perWake <= 400, $"{perWake:f1} bytes were allocated for each wake-up.");
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

    private long Cost(int wakes, int frames, string location)
    {
        // Once before, so that what grows to its size and what is compiled has done so.
        Publish(wakes, frames, location);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Publish(wakes, frames, location);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private void Publish(int wakes, int frames, string location)
    {
        for (var i = 0; i < wakes; i++)
            Append([.. Enumerable.Range(0, frames).Select(_ => Journal.Event(location))]);
    }
}
