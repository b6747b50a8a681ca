using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Tests.Streams;

/// <summary>What a client is sent, and in which runs.</summary>
public sealed class SseClientActorTests : StreamsKit
{
    [Fact]
    public void A_bare_stream_gets_exactly_its_location_and_a_session_stream_exactly_its_session()
    {
        Start();
        var wrapped = ConnectWrapped();
        var bare = ConnectBare();
        var session = new RecordingSseWriter();
        Connect(OfSession(session, "ses_1"));

        Append(
            Journal.Event("/a"),
            Journal.Event("/b"),
            Journal.Event(location: null),
            Journal.Event("/a", "ses_1"),
            Journal.Event("/b", "ses_2"),
            Journal.Event("/a/", "ses_1"));

        Assert.Equal([Id(1), Id(2), Id(3), Id(4), Id(5), Id(6)], wrapped.LogEvents.Select(e => e.Id));
        Assert.Equal([Id(1), Id(4)], bare.LogEvents.Select(e => e.Id));
        Assert.Equal([Id(4), Id(6)], session.LogEvents.Select(e => e.Id));
        Assert.True(bare.Events[^1].Json.TryGetProperty("properties", out _));
        Assert.False(wrapped.LogEvents.ElementAt(2).Json.TryGetProperty("directory", out _));
        Assert.False(wrapped.Events[0].Json.TryGetProperty("directory", out _));
    }

    [Fact]
    public void What_is_committed_while_the_first_write_is_under_way_is_delivered()
    {
        Start();
        var client = new RecordingSseWriter { Holds = true };
        Connect(Wrapped(client));

        Append(Journal.Event());
        client.Holds = false;
        client.Release();
        Run();

        Assert.Equal(Id(1), Assert.Single(client.LogEvents).Id);
    }

    [Fact]
    public void The_next_run_is_read_only_after_the_last_write_ended()
    {
        Start();
        var client = ConnectWrapped();
        client.Holds = true;
        Append(Journal.Event());
        Assert.Equal(2, client.Writes);

        for (var i = 0; i < 10; i++)
            Append(Journal.Event());
        Assert.Equal(2, client.Writes);

        client.Release();
        Run();

        Assert.Equal(3, client.Writes);
        Assert.Equal(11, client.LogEvents.Count());
    }

    [Fact]
    public void A_long_backlog_is_written_in_runs_of_at_most_256_KiB()
    {
        Start();
        for (var i = 0; i < 100; i++)
            Append(Journal.Event(bytes: 16_000));

        var client = ConnectWrapped(Id(0));

        Assert.Equal(100, client.LogEvents.Count());
        Assert.InRange(client.LargestWrite, 200 * 1024, 256 * 1024);
    }

    [Fact]
    public void An_event_larger_than_a_run_is_written_alone()
    {
        Start();
        var client = ConnectWrapped();

        Append(Journal.Event(), Journal.Event(bytes: 1_000_000), Journal.Event());

        Assert.Equal(3, client.LogEvents.Count());
        Assert.Equal(4, client.Writes);
    }

    [Fact]
    public void An_event_is_encoded_once_for_all_clients_of_a_kind()
    {
        Start();
        for (var i = 0; i < 20; i++)
        {
            ConnectWrapped();
            ConnectBare();
        }

        for (var i = 0; i < 10; i++)
            Append(Journal.Event());

        Assert.Equal(20, Log.Ring.FramesMade); // 10 events, 2 kinds.
    }

    [Fact]
    public void An_event_without_a_reader_is_not_encoded()
    {
        Start();
        ConnectBare();

        Append(Journal.Event("/b"), Journal.Event(location: null));

        Assert.Equal(0, Log.Ring.FramesMade);
    }

    [Fact]
    public void A_reader_that_waits_is_woken_once_until_it_has_read()
    {
        Start();
        var client = ConnectWrapped();
        var wakes = 0;
        var reader = Log.Ring.Subscribe(EntryFilter.All, () => wakes++);
        Assert.True(reader.TryWait(0));

        for (var i = 0; i < 100; i++)
            Append(Journal.Event());

        Assert.Equal(1, wakes);
        Assert.False(reader.TryWait(0));
        Assert.True(reader.TryWait(100));
        Append(Journal.Event());
        Append(Journal.Event());
        Assert.Equal(2, wakes);

        reader.Looked();
        Run();
        Assert.Equal(102, client.LogEvents.Count());
    }

    [Fact]
    public void A_reader_of_another_lane_is_not_woken()
    {
        Start();
        var wakes = 0;
        var reader = Log.Ring.Subscribe(new EntryFilter(Location: "/b"), () => wakes++);
        Assert.True(reader.TryWait(0));

        Append(Journal.Event("/a"), Journal.Event(location: null));
        Assert.Equal(0, wakes);

        Append(Journal.Event("/b"));
        Assert.Equal(1, wakes);
    }
}
