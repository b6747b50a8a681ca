using OpenCode.Actors.Streams.Clients;
using OpenCode.Actors.Streams.Settings;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Streams;

/// <summary>What is due by the clock, and how long a client has been stuck.</summary>
public sealed class StreamProgressTests
{
    private readonly VirtualTime _time = new();
    private readonly EventStreamOptions _options = new() { HeartbeatMs = 10_000, WriteTimeoutMs = 20_000 };
    private readonly StreamProgress _progress;

    public StreamProgressTests() => _progress = new StreamProgress(_time);

    [Fact]
    public void The_opening_has_a_deadline_from_the_connect_on()
    {
        _time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(StreamPhase.Opening, _progress.Phase);
        Assert.Equal(TimeSpan.Zero, _progress.TimeLeft(_options));
    }

    [Fact]
    public void A_heartbeat_is_due_an_interval_after_the_last_flush()
    {
        _time.Advance(TimeSpan.FromSeconds(7));
        _progress.Flushed(cursor: 3);
        _time.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal(TimeSpan.FromSeconds(6), _progress.TimeLeft(_options));
        Assert.Equal(3, _progress.Cursor);
    }

    [Fact]
    public void A_heartbeat_is_due_while_a_page_is_waited_for_too()
    {
        _progress.Flushed(cursor: 3);
        _progress.Await(StreamPhase.AwaitingPage);
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(TimeSpan.Zero, _progress.TimeLeft(_options));
    }

    [Fact]
    public void A_write_has_its_deadline_from_its_beginning_on()
    {
        _time.Advance(TimeSpan.FromSeconds(7));
        _progress.Await(StreamPhase.Writing);
        _time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(TimeSpan.Zero, _progress.TimeLeft(_options));
        Assert.Equal(TimeSpan.FromSeconds(20), _progress.Stuck);
    }

    [Fact]
    public void A_client_that_has_all_there_is_is_not_stuck_however_long_nothing_comes()
    {
        _progress.Rest(cursor: 3);
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(TimeSpan.Zero, _progress.Stuck);
    }
}
