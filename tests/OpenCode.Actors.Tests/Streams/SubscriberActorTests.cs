using System.Text;
using OpenCode.Actors.Streams.Subscribers;
using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Streams;

public sealed class SubscriberActorTests : StreamsKit
{
    [Fact]
    public void A1_a_stream_without_a_cursor_begins_at_the_tail_and_says_so()
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
    public void A1_a_resumed_stream_says_the_cursor_that_was_asked_for_and_then_all_that_follows()
    {
        Start();
        for (var i = 0; i < 5; i++)
            Append(Journal.Event());

        var client = ConnectWrapped(Id(2));

        Assert.Equal(["server.connected", .. Enumerable.Repeat("tui.toast.show", 3)], client.Events.Select(e => e.Type));
        Assert.Equal([Id(2), Id(3), Id(4), Id(5)], client.Events.Select(e => e.Id));
    }

    [Fact]
    public void A1_a_client_cut_before_its_first_event_resumes_without_a_gap()
    {
        Start();
        for (var i = 0; i < 5; i++)
            Append(Journal.Event());

        var first = ConnectWrapped(Id(1), new RecordingSseWriter { CutAfterFrames = 1 });
        var second = ConnectWrapped(first.LastEventId);

        Assert.Equal([Id(2), Id(3), Id(4), Id(5)], second.LogEvents.Select(e => e.Id));
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
    public void A_cursor_ahead_of_the_tail_of_this_node_waits_and_gets_what_comes_after_it()
    {
        Start();
        Journal.Append(Journal.Event(), Journal.Event(), Journal.Event());
        var client = new RecordingSseWriter();
        Subscribers.Tell(new SubscribersActor.Connect(Wrapped(client, Id(2))));

        Run();

        Assert.Equal([Id(2), Id(3)], client.Events.Select(e => e.Id));
    }

    [Fact]
    public void A4_a_resume_between_twins_gets_only_the_second()
    {
        Start();
        Append(Journal.DurableEvent("ses_1", 0), Journal.DurableEvent("ses_1", 1));

        var client = ConnectWrapped(Id(1, suffix: ".1"));

        Assert.Equal([Id(1, suffix: ".1"), Id(1), Id(2, suffix: ".1"), Id(2)], client.Events.Select(e => e.Id));
        Assert.Equal(["server.connected", "sync", "session.updated", "sync"], client.Events.Select(e => e.Type));
    }

    [Fact]
    public void A4_a_resume_between_twins_from_the_journal_gets_only_the_second()
    {
        Journal.Append(Journal.DurableEvent("ses_1", 0), Journal.DurableEvent("ses_1", 1));
        Start();

        var client = ConnectWrapped(Id(1, suffix: ".1"));

        Assert.Equal(["server.connected", "sync", "session.updated", "sync"], client.Events.Select(e => e.Type));
    }

    [Fact]
    public void A4_on_a_stream_without_twins_the_id_between_them_is_the_position_itself()
    {
        Start();
        Append(Journal.DurableEvent("ses_1", 0), Journal.DurableEvent("ses_1", 1));

        var client = ConnectBare(Id(1, suffix: ".1"));

        Assert.Equal([Id(2)], client.LogEvents.Select(e => e.Id));
    }

    [Fact]
    public void A4_on_an_entry_that_has_no_twin_the_id_between_twins_is_the_position_itself()
    {
        Start();
        Append(Journal.Event(), Journal.Event());

        var client = ConnectWrapped(Id(1, suffix: ".1"));

        Assert.Equal([Id(2)], client.LogEvents.Select(e => e.Id));
    }

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
    public void A_heartbeat_moves_a_filtered_client_forward()
    {
        Start();
        var client = ConnectBare();
        Append(Journal.Event("/b"), Journal.Event("/b"));

        Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(Id(2), client.LastEventId);
        Assert.Empty(client.LogEvents);
    }

    [Fact]
    public void A_heartbeat_between_twins_does_not_send_the_first_of_them_again()
    {
        Journal.Append(Journal.DurableEvent("ses_1", 0));
        var gate = new TaskCompletionSource();
        Start();
        Journal.Gate = gate.Task;
        var client = ConnectWrapped(Id(1, suffix: ".1"));

        Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal("server.heartbeat", client.Events[^1].Type);
        Assert.Equal(Id(1, suffix: ".1"), client.LastEventId);
        gate.SetResult();
        Run();
        Assert.Equal("sync", Assert.Single(client.LogEvents).Type);
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
    public async Task A_client_that_goes_ends_its_stream()
    {
        Start();
        var client = new RecordingSseWriter();
        var request = Wrapped(client);
        var subscriber = Connect(request);
        var watcher = CreateProbe();
        watcher.Watch(subscriber);

        subscriber.Tell(SubscriberActor.Disconnect.Instance);

        watcher.ExpectTerminated(subscriber);
        Assert.Equal(StreamEndReason.Disconnected, (await request.Ended).Reason);
        Assert.Equal(0, Metrics.Open);
    }

    [Fact]
    public async Task A_subscriber_that_is_killed_resets_its_client_and_is_not_restarted()
    {
        Start();
        var client = new RecordingSseWriter();
        var request = Wrapped(client);
        var subscriber = Connect(request);

        subscriber.Tell(Kill.Instance);
        Run();

        Assert.Equal(StreamEndReason.Broken, client.ResetBy!.Reason);
        Assert.Equal(StreamEndReason.Broken, (await request.Ended).Reason);
        Assert.Equal(1, client.Writes);
    }

    [Fact]
    public void A_subscriber_that_waits_is_woken_once_until_it_has_read()
    {
        Start();
        var client = ConnectWrapped();
        var lane = Log.Ring.Subscribe(OpenCode.Actors.Journaling.EntryFilter.All, CreateProbe("reader").Ref);
        Assert.True(lane.TryWait(0));
        var probe = CreateProbe();
        var reader = Log.Ring.Subscribe(OpenCode.Actors.Journaling.EntryFilter.All, probe.Ref);
        Assert.True(reader.TryWait(0));

        for (var i = 0; i < 100; i++)
            Append(Journal.Event());

        probe.Expect<SubscriberActor.Wake>();
        probe.ExpectNothing();
        Assert.False(reader.TryWait(0));
        Assert.True(reader.TryWait(100));
        Append(Journal.Event());
        probe.Expect<SubscriberActor.Wake>();
        probe.ExpectNothing();
        Assert.Equal(101, client.LogEvents.Count());
    }

    [Fact]
    public void A_reader_of_another_lane_is_not_woken()
    {
        Start();
        var probe = CreateProbe();
        var reader = Log.Ring.Subscribe(new OpenCode.Actors.Journaling.EntryFilter(Location: "/b"), probe.Ref);
        Assert.True(reader.TryWait(0));

        Append(Journal.Event("/a"), Journal.Event(location: null));
        probe.ExpectNothing();

        Append(Journal.Event("/b"));
        probe.Expect<SubscriberActor.Wake>();
    }

    [Fact]
    public void An_event_is_encoded_once_for_all_subscribers_of_a_kind()
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
    public void An_event_that_nobody_reads_is_not_encoded()
    {
        Start();
        ConnectBare();

        Append(Journal.Event("/b"), Journal.Event(location: null));

        Assert.Equal(0, Log.Ring.FramesMade);
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
