using Akka.Actor;
using System.Text;
using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.Tests.Streams;

/// <summary>Rule "An id is a promise": where a stream begins, and what it says first.</summary>
public sealed class StreamStartTests : StreamsKit
{
    [Fact]
    public void A_stream_without_a_cursor_begins_at_the_tail_and_says_so()
    {
        Journal.Append(Journal.Event(), Journal.Event());
        Start();

        var client = ConnectWrapped();

        var connected = Assert.Single(client.Events);
        Assert.Equal("server.connected", connected.Type);
        Assert.Equal(Id(2), connected.Id);
        Assert.InRange(client.ReconnectionTime!.Value.TotalMilliseconds, 200, 400);
        Assert.StartsWith("retry: 300\n", Encoding.UTF8.GetString(client.FrameBytes[0]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_resumed_stream_says_the_cursor_that_was_asked_for_and_then_all_that_follows()
    {
        Start();
        for (var i = 0; i < 5; i++)
            Append(Journal.Event());

        var client = ConnectWrapped(Id(2));

        Assert.Equal(["server.connected", .. Enumerable.Repeat("tui.toast.show", 3)], client.Events.Select(e => e.Type));
        Assert.Equal([Id(2), Id(3), Id(4), Id(5)], client.Events.Select(e => e.Id));
    }

    [Fact]
    public void A_client_cut_before_its_first_event_resumes_without_a_gap()
    {
        Start();
        for (var i = 0; i < 5; i++)
            Append(Journal.Event());

        var first = ConnectWrapped(Id(1), new RecordingSseWriter { CutAfterFrames = 1 });
        var second = ConnectWrapped(first.LastEventId);

        Assert.Equal([Id(2), Id(3), Id(4), Id(5)], second.LogEvents.Select(e => e.Id));
    }

    [Fact]
    public void A_cursor_ahead_of_the_tail_of_this_node_waits_and_gets_what_comes_after_it()
    {
        Start();
        Journal.Append(Journal.Event(), Journal.Event(), Journal.Event());
        var client = new RecordingSseWriter();
        Hub.Tell(new StreamHubActor.Connect(Wrapped(client, Id(2))));

        Run();

        Assert.Equal([Id(2), Id(3)], client.Events.Select(e => e.Id));
    }
}
