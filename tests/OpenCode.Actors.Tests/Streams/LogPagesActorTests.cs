using OpenCode.Actors.Journal;
using OpenCode.Actors.Streams.Log;
using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.Tests.Streams;

public sealed class LogPagesActorTests : StreamsKit
{
    [Fact]
    public void A_page_that_cannot_be_made_is_told_to_its_askers_alone()
    {
        Journal.Append(Journal.Event());
        var pages = Spawn(LogPagesActor.PropsFor(Journal), "pages");
        var client = CreateProbe("client");
        Journal.TimelineFault = new InvalidOperationException("A fault of ours.");

        client.Send(pages, new LogPagesActor.ReadPage(EntryFilter.All, Wrapped: false, After: 0, Exact: false));
        Run();
        Assert.Same(Journal.TimelineFault, client.Expect<LogPagesActor.PageFailed>().Cause);

        Journal.TimelineFault = null;
        client.Send(pages, new LogPagesActor.ReadPage(EntryFilter.All, Wrapped: false, After: 0, Exact: false));
        Run();
        client.Expect<LogPagesActor.PageRead>();
    }

    [Fact]
    public void Clients_that_come_back_to_the_same_stretch_share_one_read()
    {
        for (var i = 0; i < 200; i++)
            Journal.Append(Journal.Event());
        Journal.PageEntries = 1_000;
        Start();
        var reads = Journal.Reads;

        var clients = Enumerable.Range(0, 50).Select(i => (From: i, Writer: ConnectWrapped(Id(i)))).ToList();

        Assert.Equal(1, Journal.Reads - reads);
        Assert.All(clients, c => Assert.Equal(200 - c.From, c.Writer.LogEvents.Count()));
    }

    [Fact]
    public void At_most_8_reads_are_under_way_and_the_others_have_their_turn_later()
    {
        for (var i = 0; i < 20 * 256; i++)
            Journal.Append(Journal.Event());
        Start();
        var gate = new TaskCompletionSource();
        Journal.Gate = gate.Task;

        var clients = Enumerable.Range(0, 20).Select(i => ConnectWrapped(Id(i * 256))).ToList();
        Assert.Equal(LogPagesActor.MaxReads, Journal.ReadsUnderWay);
        gate.SetResult();
        Run();

        Assert.Equal(0, Journal.ReadsUnderWay);
        for (var i = 0; i < clients.Count; i++)
            Assert.Equal((20 - i) * 256, clients[i].LogEvents.Count());
    }

    [Fact]
    public void The_cache_is_bounded_by_bytes()
    {
        // 40 pages of about 1 MB.
        Journal.PageEntries = 64;
        for (var i = 0; i < 40 * 64; i++)
            Journal.Append(Journal.Event(bytes: 16_000));
        Start();
        Read(from: 0);
        var reads = Journal.Reads;

        Read(from: 39 * 64);
        Assert.Equal(reads, Journal.Reads); // The last is kept.
        Read(from: 0);
        Assert.True(Journal.Reads > reads, "The first page was kept as well.");
    }

    [Fact]
    public void A_page_is_read_again_when_the_log_has_grown_beyond_it()
    {
        Options.RingBytes = 1_000;
        Start();
        Append(Journal.Event(), Journal.Event());
        var client = ConnectWrapped(Id(0));
        for (var i = 0; i < 5; i++)
            Append(Journal.Event(bytes: 2_000));

        Assert.Equal([Id(1), Id(2), Id(3), Id(4), Id(5), Id(6), Id(7)], client.LogEvents.Select(e => e.Id));
    }

    [Fact]
    public void Pages_of_few_large_entries_bring_a_reader_forward()
    {
        Journal.PageEntries = 3;
        for (var i = 0; i < 600; i++)
            Journal.Append(Journal.Event(i % 2 == 0 ? "/a" : "/b"));
        Start();

        var client = ConnectBare(Id(301));

        Assert.Equal(Enumerable.Range(151, 149).Select(i => Id((i * 2) + 1)), client.LogEvents.Select(e => e.Id));
    }

    [Fact]
    public void A_page_is_served_also_when_its_stretch_begins_below_the_floor()
    {
        for (var i = 0; i < 300; i++)
            Journal.Append(Journal.Event());
        Journal.Floor = 100;
        Start();

        var client = ConnectWrapped(Id(100));

        Assert.Equal(200, client.LogEvents.Count());
    }

    [Fact]
    public void A_journal_without_what_it_should_have_is_a_failure_and_not_a_hang()
    {
        var probe = CreateProbe();
        var pages = Spawn(LogPagesActor.PropsFor(Journal));

        probe.Send(pages, new LogPagesActor.ReadPage(EntryFilter.All, Wrapped: true, After: 0, Exact: false));

        probe.Expect<LogPagesActor.PageFailed>();
    }

    private void Read(long from)
    {
        var writer = new CountingSseWriter();
        Connect(new StreamRequest(StreamKind.Wrapped, null, null, Id(from), writer));
        Assert.Equal(1 + Journal.Head - from, writer.Frames);
    }
}
