namespace OpenCode.Actors.Tests.Streams;

public sealed class HeartbeatTests : StreamsKit
{
    [Fact]
    public void A_silent_stream_gets_a_heartbeat_when_its_interval_is_over()
    {
        Start();
        var client = ConnectWrapped();

        Time.Advance(TimeSpan.FromMilliseconds(9_999));
        Assert.Single(client.Events);

        Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("server.heartbeat", client.Events[^1].Type);
        Assert.Equal(2, client.Events.Count);

        Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(3, client.Events.Count);
    }

    [Fact]
    public void A_heartbeat_comes_an_interval_after_the_last_event()
    {
        Start();
        var client = ConnectWrapped();

        Time.Advance(TimeSpan.FromSeconds(7));
        Append(Journal.Event());
        Time.Advance(TimeSpan.FromMilliseconds(9_999));
        Assert.DoesNotContain(client.Events, e => e.Type == "server.heartbeat");

        Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("server.heartbeat", client.Events[^1].Type);
    }

    [Fact]
    public void A_heartbeat_comes_in_time_after_a_slow_write()
    {
        Start();
        var client = ConnectWrapped();
        client.Holds = true;
        Append(Journal.Event());
        Time.Advance(TimeSpan.FromSeconds(15));
        client.Holds = false;
        client.Release();
        Run();

        Time.Advance(TimeSpan.FromMilliseconds(9_999));
        Assert.DoesNotContain(client.Events, e => e.Type == "server.heartbeat");
        Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("server.heartbeat", client.Events[^1].Type);
    }

    [Fact]
    public void A_heartbeat_moves_a_filtered_client_forward()
    {
        Start();
        var client = ConnectBare();
        Append(Journal.Event("/b"), Journal.Event("/b"));

        Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(Id(2), client.LastEventId);
        Assert.Empty(client.LogEvents);
    }
}
