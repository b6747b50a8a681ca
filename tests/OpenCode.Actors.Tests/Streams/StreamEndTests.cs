using Akka.Actor;
using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.Tests.Streams;

/// <summary>A stream ends with its reason, and alone.</summary>
public sealed class StreamEndTests : StreamsKit
{
    [Fact]
    public async Task A_client_that_goes_ends_its_stream()
    {
        Start();
        var client = new RecordingSseWriter();
        var request = Wrapped(client);
        var actor = Connect(request);
        var watcher = CreateProbe();
        watcher.Watch(actor);

        actor.Tell(new SseClientActor.Disconnect());

        watcher.ExpectTerminated(actor);
        Assert.Equal(StreamEndReason.Disconnected, (await request.Ended).Reason);
        Assert.Equal(0, Metrics.Open);
    }

    [Fact]
    public void A_writer_that_throws_ends_its_own_stream_only()
    {
        Start();
        var bad = ConnectWrapped();
        var good = ConnectWrapped();
        bad.Fault = new InvalidOperationException("broken");

        Append(Journal.Event());
        Append(Journal.Event());

        Assert.Equal(StreamEndReason.Failed, bad.ResetBy!.Reason);
        Assert.Equal(2, good.LogEvents.Count());
        Assert.Null(good.ResetBy);
        Assert.Equal(1, Metrics.Open);
    }

    [Fact]
    public void A_writer_that_fails_later_ends_its_own_stream_only()
    {
        Start();
        var bad = ConnectWrapped();
        var good = ConnectWrapped();
        bad.Holds = true;
        Append(Journal.Event());

        bad.Fail(new IOException("reset by peer"));
        Run();
        Append(Journal.Event());

        Assert.Equal(StreamEndReason.Failed, bad.ResetBy!.Reason);
        Assert.Equal(2, good.LogEvents.Count());
    }

    [Fact]
    public void A_write_that_stops_in_the_middle_of_a_frame_is_a_reset_and_the_client_misses_nothing()
    {
        Start();
        var client = ConnectWrapped();
        Append(Journal.Event());
        client.TakesHalfAFrame = true;
        Append(Journal.Event());

        Assert.Equal(StreamEndReason.Failed, client.ResetBy!.Reason);
        var back = ConnectWrapped(client.LastEventId);

        Assert.Equal([Id(1)], client.LogEvents.Select(e => e.Id));
        Assert.Equal([Id(2)], back.LogEvents.Select(e => e.Id));
    }

    [Fact]
    public async Task A_client_actor_that_is_killed_resets_its_client_and_is_not_restarted()
    {
        Start();
        var client = new RecordingSseWriter();
        var request = Wrapped(client);
        var actor = Connect(request);

        actor.Tell(Kill.Instance);
        Run();

        Assert.Equal(StreamEndReason.Broken, client.ResetBy!.Reason);
        Assert.Equal(StreamEndReason.Broken, (await request.Ended).Reason);
        Assert.Equal(1, client.Writes);
    }

    [Fact]
    public async Task A_journal_that_cannot_be_read_ends_those_who_need_it_only()
    {
        Journal.Append(Journal.Event(), Journal.Event());
        Start();
        var good = ConnectWrapped();
        Journal.ReadFault = after => after < 2 ? new IOException("The disk is on fire.") : null;
        var request = Wrapped(new RecordingSseWriter(), Id(0));
        Connect(request);

        Append(Journal.Event());

        Assert.Equal(StreamEndReason.Unreadable, (await request.Ended).Reason);
        Assert.Single(good.LogEvents);
    }
}
