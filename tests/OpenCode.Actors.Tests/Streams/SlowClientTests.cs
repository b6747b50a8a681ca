using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.Tests.Streams;

/// <summary>A client has the write timeout to take something, and all the time it wants if it does.</summary>
public sealed class SlowClientTests : StreamsKit
{
    [Fact]
    public void A_client_that_takes_nothing_for_the_write_timeout_is_reset()
    {
        Start();
        var client = ConnectWrapped();
        Time.Advance(TimeSpan.FromSeconds(5));
        client.Holds = true;
        Append(Journal.Event());

        Time.Advance(TimeSpan.FromMilliseconds(19_999));
        Assert.Null(client.ResetBy);

        Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(StreamEndReason.Stalled, client.ResetBy!.Reason);
        Assert.False(client.EndedCleanly);
        Assert.Equal(0, Metrics.Open);
        Assert.Single(Logs.Records, r => r.EventId == 2002 && r.Message.Contains("stalled", StringComparison.Ordinal));
    }

    [Fact]
    public void A_short_write_timeout_does_not_wait_for_the_next_heartbeat()
    {
        Options.WriteTimeoutMs = 1_000;
        Start();
        var client = ConnectWrapped();
        client.Holds = true;
        Append(Journal.Event());

        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(StreamEndReason.Stalled, client.ResetBy!.Reason);
    }

    [Fact]
    public void A_client_that_is_slow_but_moves_on_is_not_reset()
    {
        Start();
        var client = ConnectWrapped();
        client.Holds = true;
        for (var i = 0; i < 10; i++)
        {
            Append(Journal.Event());
            Time.Advance(TimeSpan.FromSeconds(15));
            client.Release();
            Run();
        }

        Assert.Null(client.ResetBy);
        Assert.Equal(10, client.LogEvents.Count());
    }
}
