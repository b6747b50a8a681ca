using System.Text;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Bodies;

namespace OpenCode.Actors.Tests.Journal.Bodies;

public sealed class EntryDecoderTests
{
    private readonly EntryDecoder _decoder = new();

    [Fact]
    public void An_entry_is_read_as_it_was_written()
    {
        var draft = new EntryDraft("evt_ä", "message.updated", "/srv/ä", "global", "ses_1", 7, true, "{\"a\":1}"u8.ToArray());

        var read = Read(draft, draft with { Location = null, Project = null, SessionId = null, Sequence = -1, Durable = false });

        Assert.Equal((5, "evt_ä", "message.updated", "/srv/ä", "global", "ses_1", 7, true), Fields(read[0]));
        Assert.Equal((6, "evt_ä", "message.updated", null, null, null, -1, false), Fields(read[1]));
        Assert.All(read, e => Assert.Equal("{\"a\":1}", Encoding.UTF8.GetString(e.Properties.Span)));
        Assert.All(read, e => Assert.Equal(DateTimeOffset.UnixEpoch, e.At));
    }

    [Fact]
    public void Sessions_that_take_turns_share_their_texts()
    {
        var read = Read(Draft("ses_1"), Draft("ses_2"), Draft("ses_1"), Draft("ses_2"));

        Assert.Same(read[0].SessionId, read[2].SessionId);
        Assert.Same(read[1].SessionId, read[3].SessionId);
        Assert.All(read, e => Assert.Same(read[0].Location, e.Location));
    }

    [Fact]
    public void However_many_texts_there_are_none_is_taken_for_another()
    {
        var sessions = Enumerable.Range(0, 5_000).Select(i => $"ses_{i}").ToArray();

        var read = Read([.. sessions.Select(Draft)]);

        Assert.Equal(sessions, read.Select(e => e.SessionId));
    }

    private List<LogEntry> Read(params EntryDraft[] drafts)
    {
        var writer = new BodyWriter();
        foreach (var draft in drafts)
        {
            writer.Reserve(1_000);
            writer.Write(draft);
        }

        var bytes = writer.Body.ToArray();
        var body = new BodyReader(bytes);
        var entries = new List<LogEntry>();
        while (body.Next())
            entries.Add(_decoder.Read(ref body, 5 + entries.Count, DateTimeOffset.UnixEpoch, bytes));
        return entries;
    }

    private static EntryDraft Draft(string session) => new("evt_1", "a", "/a", "global", session, -1, false, "{}"u8.ToArray());

    private static (long, string, string, string?, string?, string?, long, bool) Fields(LogEntry e) =>
        (e.Offset, e.EventId, e.Type, e.Location, e.Project, e.SessionId, e.Sequence, e.Durable);
}
