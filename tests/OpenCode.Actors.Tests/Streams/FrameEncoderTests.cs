using System.Text;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Streams.Frames;

namespace OpenCode.Actors.Tests.Streams;

public sealed class FrameEncoderTests
{
    private readonly FrameEncoder _encoder = new(static () => new Timeline("AbCdEf12", [new Generation(1, 0), new Generation(2, 3)]));

    [Fact]
    public void A_bare_frame_has_the_id_of_the_running_generation_and_the_event()
    {
        var frames = _encoder.Encode(Entry(7, "session.idle", """{"sessionID":"ses_1"}"""), wrapped: false);

        Assert.Equal("id: AbCdEf12.2-7\ndata: {\"id\":\"evt_7\",\"type\":\"session.idle\",\"properties\":{\"sessionID\":\"ses_1\"}}\n\n", Text(frames.First));
        Assert.True(frames.Twin.IsEmpty);
    }

    [Fact]
    public void A_wrapped_frame_of_a_volatile_event_is_one_with_the_full_position()
    {
        var frames = _encoder.Encode(Entry(7, "session.idle", "{}"), wrapped: true);

        Assert.Equal(
            "id: AbCdEf12.2-7\ndata: {\"directory\":\"/ä\",\"project\":\"global\",\"payload\":{\"id\":\"evt_7\",\"type\":\"session.idle\",\"properties\":{}}}\n\n",
            Text(frames.First));
        Assert.True(frames.Twin.IsEmpty);
    }

    [Fact]
    public void A_durable_event_of_a_session_has_twins_of_which_the_first_ends_in_1()
    {
        var frames = _encoder.Encode(Entry(7, "session.updated", """{"a":1}""", sequence: 3), wrapped: true);

        Assert.StartsWith("id: AbCdEf12.2-7.1\n", Text(frames.First), StringComparison.Ordinal);
        Assert.Equal(
            "id: AbCdEf12.2-7\ndata: {\"directory\":\"/ä\",\"project\":\"global\",\"payload\":{\"type\":\"sync\",\"id\":\"evt_7\",\"syncEvent\":"
                + "{\"id\":\"evt_7\",\"type\":\"session.updated.1\",\"seq\":3,\"aggregateID\":\"ses_1\",\"data\":{\"a\":1}}}}\n\n",
            Text(frames.Twin));
        Assert.Equal(frames.First.Length + frames.Twin.Length, frames.Bytes);
    }

    [Fact]
    public void A_line_break_between_the_tokens_of_a_publisher_does_not_end_the_frame()
    {
        var frames = _encoder.Encode(Entry(1, "tui.toast.show", "{\r\n  \"a\": \"x\\ny\"\n}"), wrapped: false);

        Assert.Contains("""{    "a": "x\ny" }""", Text(frames.First), StringComparison.Ordinal);
        Assert.Equal(3, Text(frames.First).Count(c => c == '\n'));
    }

    [Fact]
    public void A_large_event_does_not_disturb_the_next()
    {
        var large = _encoder.Encode(Entry(1, "a", $"\"{new string('x', 1_000_000)}\""), wrapped: false);
        var small = _encoder.Encode(Entry(2, "b", "{}"), wrapped: false);

        Assert.True(large.Bytes > 1_000_000);
        Assert.Equal("id: AbCdEf12.2-2\ndata: {\"id\":\"evt_2\",\"type\":\"b\",\"properties\":{}}\n\n", Text(small.First));
    }

    private static LogEntry Entry(long offset, string type, string properties, long sequence = -1) => new(
        offset,
        DateTimeOffset.UnixEpoch,
        new EntryDraft($"evt_{offset}", type, "/ä", "global", "ses_1", sequence, Durable: sequence >= 0, Encoding.UTF8.GetBytes(properties)));

    private static string Text(ReadOnlyMemory<byte> frame) => Encoding.UTF8.GetString(frame.Span);
}
