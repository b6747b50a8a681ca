using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Tests.Streams;

public sealed class GapTests : StreamsKit
{
    [Theory]
    [InlineData("AbCdEf12.1-2", "window")]
    [InlineData("ZZZZZZ99.1-8", "timeline")]
    [InlineData("AbCdEf12.1-11", "ahead")]
    [InlineData("garbage", "damaged")]
    public void A_cursor_that_cannot_be_resumed_is_told_of_the_gap_and_the_stream_goes_on_live(string cursor, string reason)
    {
        for (var i = 0; i < 10; i++)
            Journal.Append(Journal.Event());
        Journal.Floor = 3;
        Start();

        var client = ConnectWrapped(cursor);
        Append(Journal.Event());

        Assert.Equal(["server.connected", "hub.gap", "tui.toast.show"], client.Events.Select(e => e.Type));
        var gap = client.Events[1].Json.GetProperty("payload").GetProperty("properties");
        Assert.Equal(reason, gap.GetProperty("reason").GetString());
        Assert.Equal(cursor, gap.GetProperty("from").GetString());
        Assert.Equal(Id(10), gap.GetProperty("to").GetString());
        Assert.Equal(Id(11), client.LastEventId);
        Assert.Single(Logs.Records, r => r.EventId == 2003 && r.Message.Contains(reason, StringComparison.Ordinal));
    }

    [Fact]
    public void A_cursor_whose_entries_were_lost_with_an_unsynced_tail_is_a_gap_although_later_generations_went_further()
    {
        for (var i = 0; i < 120; i++)
            Journal.Append(Journal.Event());
        Journal.Timeline = new Timeline("AbCdEf12", [new Generation(1, 0), new Generation(2, 110), new Generation(3, 104)]);
        Start();

        var lost = ConnectWrapped(Id(108));
        var kept = ConnectWrapped(Id(104));

        Assert.Equal(["server.connected", "hub.gap"], lost.Events.Select(e => e.Type));
        Assert.Equal(Id(120, generation: 3), lost.LastEventId);
        Assert.Equal(16, kept.LogEvents.Count());
        Assert.Equal(Id(105, generation: 3), kept.LogEvents.First().Id);
    }

    [Fact]
    public void A_cursor_beyond_this_nodes_tail_waits_for_what_another_node_had_shown_and_goes_on_behind_it()
    {
        Journal.Append(Journal.Event(), Journal.Event());
        var others = new TaskCompletionSource();
        Journal.Others = others.Task;
        Start();
        var client = ConnectWrapped(Id(4));
        Assert.Empty(client.Events);

        Journal.Append(Journal.Event(), Journal.Event());
        others.SetResult();
        Run();
        Append(Journal.Event());

        Assert.Equal(["server.connected", "tui.toast.show"], client.Events.Select(e => e.Type));
        Assert.Equal([Id(4), Id(5)], client.Events.Select(e => e.Id));
    }

    [Fact]
    public void A_cursor_of_a_generation_that_this_node_does_not_know_yet_waits_until_it_does()
    {
        Journal.Append(Journal.Event(), Journal.Event());
        Journal.Verified = (generation, _) => Journal.Timeline = new Timeline("AbCdEf12", [new Generation(1, 0), new Generation(generation, 2)]);
        Start();

        var client = ConnectWrapped(Id(2, generation: 7));
        Append(Journal.Event());

        Assert.Equal(["server.connected", "tui.toast.show"], client.Events.Select(e => e.Type));
        Assert.Equal([Id(2, generation: 7), Id(3, generation: 7)], client.Events.Select(e => e.Id));
    }

    [Fact]
    public void A_good_cursor_of_an_earlier_generation_beyond_this_nodes_tail_waits_too()
    {
        Journal.Append(Journal.Event(), Journal.Event());
        Journal.Timeline = new Timeline("AbCdEf12", [new Generation(1, 0), new Generation(2, 4)]);
        var others = new TaskCompletionSource();
        Journal.Others = others.Task;
        Start();
        var client = ConnectWrapped(Id(4));
        Assert.Empty(client.Events);

        Journal.Append(Journal.Event(), Journal.Event());
        others.SetResult();
        Run();

        Assert.Equal(["server.connected"], client.Events.Select(e => e.Type));
        Assert.Equal(Id(4, generation: 2), client.LastEventId);
    }

    [Fact]
    public void A_cursor_that_proves_a_restore_is_a_gap_and_so_are_old_ones_when_the_log_has_grown_over_them()
    {
        for (var i = 0; i < 4; i++)
            Journal.Append(Journal.Event());
        Journal.Verified = (_, _) => Journal.Timeline = new Timeline("AbCdEf12", [new Generation(1, 0), new Generation(9, 4)]);
        Start();
        var running = ConnectWrapped(Id(2));

        var beyond = ConnectWrapped(Id(8));
        for (var i = 0; i < 6; i++)
            Append(Journal.Event());
        var below = ConnectWrapped(Id(6));
        var kept = ConnectWrapped(Id(4));

        Assert.All([beyond, below], c => Assert.Equal("timeline", c.Events[1].Json.GetProperty("payload").GetProperty("properties").GetProperty("reason").GetString()));
        Assert.Equal(Enumerable.Range(5, 6).Select(i => Id(i, generation: 9)), kept.LogEvents.Select(e => e.Id));
        Assert.Equal([Id(3), Id(4), .. Enumerable.Range(5, 6).Select(i => Id(i, generation: 9))], running.LogEvents.Select(e => e.Id));
    }

    [Fact]
    public void Before_the_gap_no_frame_has_an_id_and_the_gap_has_the_fresh_one()
    {
        Journal.Append(Journal.Event());
        Start();

        var client = ConnectWrapped("garbage");

        Assert.Equal(["", Id(1)], client.Events.Select(e => e.Id));
    }

    [Fact]
    public void A_client_cut_before_the_gap_hears_of_it_again()
    {
        Journal.Append(Journal.Event());
        Start();
        var first = ConnectWrapped("garbage", new RecordingSseWriter { CutAfterFrames = 1 });
        Assert.Equal("", first.LastEventId); // It keeps its own.

        var second = ConnectWrapped("garbage");

        Assert.Equal("hub.gap", second.Events[^1].Type);
    }

    [Fact]
    public void A_gap_on_a_bare_stream_is_a_bare_event()
    {
        Start();

        var client = ConnectBare("garbage");

        Assert.Equal("damaged", client.Events[1].Json.GetProperty("properties").GetProperty("reason").GetString());
    }

    [Fact]
    public void What_a_gap_repeats_of_a_foreign_id_is_bounded()
    {
        Start();

        var client = ConnectBare(new string('é', 10_000));

        Assert.Equal(64, client.Events[1].Json.GetProperty("properties").GetProperty("from").GetString()!.Length);
    }

    [Fact]
    public void A_slow_client_behind_the_ring_reads_the_journal_and_misses_nothing()
    {
        var client = FallBehindTheRing();

        Assert.True(Log.Ring.After > 100);
        client.Holds = false;
        client.Release();
        Run();

        Assert.Equal(Enumerable.Range(1, 301).Select(i => Id(i)), client.LogEvents.Select(e => e.Id));
        Assert.DoesNotContain(client.Events, e => e.Type == "hub.gap");
    }

    [Fact]
    public void A_slow_client_behind_the_floor_is_told_of_the_gap_with_its_cursor()
    {
        var client = FallBehindTheRing();
        Journal.Floor = 50;
        client.Holds = false;
        client.Release();
        Run();
        Append(Journal.Event());

        Assert.Equal([Id(1), Id(302)], client.LogEvents.Select(e => e.Id));
        var gap = Assert.Single(client.Events, e => e.Type == "hub.gap").Json.GetProperty("payload").GetProperty("properties");
        Assert.Equal("window", gap.GetProperty("reason").GetString());
        Assert.Equal(Id(1), gap.GetProperty("from").GetString());
        Assert.Equal(Id(301), gap.GetProperty("to").GetString());
    }

    [Fact]
    public void A_journal_that_is_trimmed_while_it_is_read_is_a_gap_too()
    {
        for (var i = 0; i < 10; i++)
            Journal.Append(Journal.Event());
        Start();
        var gate = new TaskCompletionSource();
        Journal.Gate = gate.Task;
        var client = ConnectWrapped(Id(2));

        Journal.Floor = 5;
        gate.SetResult();
        Run();

        Assert.Equal(["server.connected", "hub.gap"], client.Events.Select(e => e.Type));
        Assert.Equal(Id(10), client.LastEventId);
    }

    // 301 events, of which the client has taken none since the first began.
    private RecordingSseWriter FallBehindTheRing()
    {
        Options.RingBytes = 20_000;
        Start();
        var client = ConnectWrapped();
        client.Holds = true;
        Append(Journal.Event());
        for (var i = 0; i < 300; i++)
            Append(Journal.Event(bytes: 200));

        return client;
    }
}
