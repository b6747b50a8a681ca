using System.Text;
using System.Text.Json;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Streams.Repaints;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Streams.Repaints;

/// <summary>What a client gets that begins without a cursor, or behind a gap (rules "Repaint scope", "Repaint whole or nothing" and "A repaint names its position").</summary>
public sealed class RepaintTests : StreamsKit
{
    private readonly FakePending _pending = new();
    private int _ids;

    public RepaintTests()
    {
        Pending = _pending;
        Journal.Now = Time.GetUtcNow();
    }

    [Fact]
    public void A_client_of_everything_gets_the_last_state_of_what_changed_and_then_goes_on()
    {
        Journal.Append(
            Entry("session.created", """{"sessionID":"ses_1","info":{"title":"old"}}"""), Entry("session.updated", """{"sessionID":"ses_1","info":{"title":"new"}}"""),
            Part("msg_2", "prt_1", ""), Message("msg_2", "first"), Message("msg_1", "user"), Message("msg_2", "last"));
        Start();

        var client = ConnectWrapped();
        Append(Message("msg_3", "later"));

        Assert.Equal(
            ["server.connected", "session.updated", "message.updated", "message.updated", "message.part.updated", "server.heartbeat", "message.updated"], client.Events.Select(e => e.Type));
        Assert.Equal(["new", "user", "last", "", "later"], client.Events.Where(e => !e.Type.StartsWith("server", StringComparison.Ordinal)).Select(e => Said(Payload(e.Json))));
    }

    [Fact]
    public void No_frame_has_an_id_before_the_last_of_the_repaint()
    {
        Journal.Append(Message("msg_1", "a"), Message("msg_2", "b"));
        Start();

        var fresh = ConnectWrapped();
        var behindGap = ConnectWrapped("garbage");

        Assert.Equal(["", "", "", Id(2)], fresh.Events.Select(e => e.Id));
        Assert.Equal(["server.connected", "hub.gap", "message.updated", "message.updated", "server.heartbeat"], behindGap.Events.Select(e => e.Type));
        Assert.Equal(["", "", "", "", Id(2)], behindGap.Events.Select(e => e.Id));
    }

    [Fact]
    public void Deltas_are_joined_with_their_part_and_those_behind_the_repaint_follow_once()
    {
        Journal.Append(Message("msg_1", "a"), Part("msg_1", "prt_1", "one "), Delta("msg_1", "prt_1", "two "), Delta("msg_1", "prt_1", "\"ü\" "));
        Start();

        var first = ConnectWrapped();
        Append(Delta("msg_1", "prt_1", "three"));
        var second = ConnectWrapped();

        Assert.Equal(["one two \"ü\" "], Texts(first));
        Assert.Equal("three", Payload(first.Events[^1].Json).GetProperty("delta").GetString());
        Assert.Equal(["one two \"ü\" three"], Texts(second));
    }

    [Fact]
    public void A_delta_whose_part_began_before_all_that_is_known_is_left_out()
    {
        Journal.Append(Delta("msg_1", "prt_1", "the end of something"));
        Start();

        Assert.DoesNotContain(ConnectWrapped().Events, e => e.Type.StartsWith("message.part", StringComparison.Ordinal));
    }

    [Fact]
    public void What_was_removed_is_removed_again_and_nothing_of_it_is_shown()
    {
        Journal.Append(
            Message("msg_1", "a"), Part("msg_1", "prt_1", "x"), Entry("message.removed", """{"sessionID":"ses_1","messageID":"msg_1"}"""),
            Entry("message.updated", """{"sessionID":"ses_2","info":{"id":"msg_9"}}""", "ses_2"), Entry("session.deleted", """{"sessionID":"ses_2","info":{}}""", "ses_2"));
        Start();

        Assert.Equal(["server.connected", "message.removed", "session.deleted", "server.heartbeat"], ConnectWrapped().Events.Select(e => e.Type));
    }

    [Fact]
    public void Requests_that_wait_are_announced_to_every_stream_of_their_location()
    {
        _pending.Events = [Entry("permission.asked", """{"id":"per_1","sessionID":"ses_1"}""")];
        Journal.Append(Message("msg_1", "a"));
        Start();

        Assert.Contains(ConnectWrapped().Events, e => e.Type == "permission.asked");
        Assert.Equal(["server.connected", "permission.asked", "server.heartbeat"], ConnectBare().Events.Select(e => e.Type));
        Assert.Equal(["server.connected"], ConnectBare(location: "/elsewhere").Events.Select(e => e.Type));
    }

    [Fact]
    public void A_request_that_was_answered_is_answered_again()
    {
        Journal.Append(
            Entry("permission.asked", """{"id":"per_1","sessionID":"ses_1"}"""), Entry("permission.replied", """{"sessionID":"ses_1","requestID":"per_1","reply":"once"}"""));
        Start();

        Assert.Equal(["server.connected", "permission.replied", "server.heartbeat"], ConnectWrapped().Events.Select(e => e.Type));
    }

    [Fact]
    public void A_stream_of_one_location_gets_the_changes_of_that_one_and_only_behind_a_gap()
    {
        Journal.Append(Message("msg_1", "here"), Entry("message.updated", """{"sessionID":"ses_2","info":{"id":"msg_2"}}""", "ses_2", "/b"));
        Start();

        Assert.Equal(["server.connected"], ConnectBare().Events.Select(e => e.Type));
        Assert.Equal(["server.connected", "hub.gap", "message.updated", "server.heartbeat"], ConnectBare("garbage").Events.Select(e => e.Type));
    }

    [Fact]
    public void What_is_older_than_the_window_is_left_out()
    {
        Journal.Append(Message("msg_1", "old"));
        Start();
        Time.Advance(RepaintActor.Window + TimeSpan.FromSeconds(1));

        Assert.Equal(["server.connected"], ConnectWrapped().Events.Select(e => e.Type));
    }

    [Fact]
    public void Of_more_than_a_stream_gets_the_oldest_messages_are_left_out()
    {
        for (var i = 10; i < 40; i++)
            Journal.Append(Message($"msg_{i}", new string('x', RepaintActor.MostBytes / 20)));
        Start();

        var client = ConnectWrapped();

        var ids = client.Events.Where(e => e.Type == "message.updated").Select(e => Payload(e.Json).GetProperty("info").GetProperty("id").GetString()).ToList();
        Assert.InRange(ids.Count, 15, 20);
        Assert.Equal("msg_39", ids[^1]);
        Assert.True(client.FrameBytes.Sum(frame => frame.Length) <= RepaintActor.MostBytes + 1000);
    }

    [Fact]
    public async Task While_the_log_is_read_no_more_is_held_than_after_each_page()
    {
        for (var i = 10; i < 90; i++)
            Journal.Append(Message($"msg_{i}", new string('x', RepaintActor.MostBytes / 20)));
        var changes = new RecentChanges(RepaintActor.Window, RepaintActor.MostBytes);

        await foreach (var page in Journal.ReadAsync(0, EntryFilter.All, CancellationToken.None))
        {
            foreach (var entry in page.Entries)
                changes.Add(entry);
            changes.Trim(Time.GetUtcNow(), 2 * RepaintActor.MostBytes);
            Assert.InRange(changes.Select(EntryFilter.All).Sum(static upsert => upsert.Bytes), 1, 2 * RepaintActor.MostBytes);
        }

        Assert.Equal(80, changes.Through);
    }

    [Fact]
    public void A_stream_begins_at_the_tail_where_the_log_cannot_be_read()
    {
        Journal.Append(Message("msg_1", "a"));
        Journal.ReadFault = _ => new InvalidOperationException("planted");
        Start();

        var connected = Assert.Single(ConnectWrapped().Events);

        Assert.Equal(Id(1), connected.Id);
        Assert.Single(Logs.Records, r => r.EventId == 2010);
    }

    private static JsonElement Payload(JsonElement wrapped) => wrapped.GetProperty("payload").GetProperty("properties");

    private static string? Said(JsonElement properties) => properties.TryGetProperty("info", out var info)
        ? (info.TryGetProperty("title", out var title) ? title : info.GetProperty("said")).GetString()
        : properties.GetProperty("part").GetProperty("text").GetString();

    private static IEnumerable<string?> Texts(RecordingSseWriter client) => client.Events.Where(e => e.Type == "message.part.updated").Select(e => Said(Payload(e.Json)));

    private EntryDraft Message(string id, string said) => Entry("message.updated", JsonSerializer.Serialize(new { sessionID = "ses_1", info = new { id, said } }));

    private EntryDraft Part(string message, string id, string text) =>
        Entry("message.part.updated", JsonSerializer.Serialize(new { sessionID = "ses_1", part = new { id, messageID = message, type = "text", text }, time = 1 }));

    private EntryDraft Delta(string message, string part, string delta) =>
        Entry("message.part.delta", JsonSerializer.Serialize(new { sessionID = "ses_1", messageID = message, partID = part, field = "text", delta }));

    private EntryDraft Entry(string type, string properties, string session = "ses_1", string location = "/a") =>
        new($"evt_{++_ids:d6}", type, location, "global", session, Sequence: -1, Durable: false, Encoding.UTF8.GetBytes(properties));

    private sealed class FakePending : IPendingRequests
    {
        public IReadOnlyList<EntryDraft> Events { get; set; } = [];

        public Task<IReadOnlyList<EntryDraft>> ListAsync(CancellationToken cancellationToken) => Task.FromResult(Events);
    }
}
