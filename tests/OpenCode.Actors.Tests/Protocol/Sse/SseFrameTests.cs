using System.Text;
using OpenCode.Actors.Protocol.Cursors;
using OpenCode.Actors.Protocol.Sse;
using OpenCode.Actors.Tests.TestKit.Sse;

namespace OpenCode.Actors.Tests.Protocol.Sse;

public sealed class SseFrameTests
{
    private static readonly StreamCursor _cursor = new("aaaaaaaa", 1, 7, BeforeTwin: true);

    [Fact]
    public void A_frame_has_its_cursor_and_one_line_of_data() =>
        Assert.Equal("id: aaaaaaaa.1-7.1\ndata: {\"a\":1}\n\n", Encoding.UTF8.GetString(SseFrame.Build(_cursor, "{\"a\":1}"u8)));

    [Fact]
    public void A_frame_may_have_no_cursor() =>
        Assert.Equal("data: {}\n\n", Encoding.UTF8.GetString(SseFrame.Build(null, "{}"u8)));

    [Fact]
    public void The_reconnection_time_is_in_milliseconds()
    {
        Assert.Equal("retry: 300\n\n", Encoding.UTF8.GetString(SseFrame.Retry(TimeSpan.FromMilliseconds(300))));
        Assert.Throws<ArgumentOutOfRangeException>(() => SseFrame.Retry(TimeSpan.FromSeconds(-1)));
    }

    [Theory]
    [InlineData("{\n}")]
    [InlineData("{\r}")]
    public void A_line_break_in_the_data_is_refused(string data) =>
        Assert.Throws<ArgumentException>(() => SseFrame.Build(_cursor, Encoding.UTF8.GetBytes(data)));

    [Fact]
    public void A_frame_reads_as_it_was_built()
    {
        byte[] stream = [.. SseFrame.Retry(TimeSpan.FromMilliseconds(250)), .. SseFrame.Build(_cursor, "{\"a\":\"\u00e4\"}"u8), .. SseFrame.Build(null, "{}"u8)];
        var parser = new SseParser();

        var events = parser.Feed(stream);

        Assert.Equal([new SseEvent("message", "{\"a\":\"\u00e4\"}", "aaaaaaaa.1-7.1"), new SseEvent("message", "{}", "aaaaaaaa.1-7.1")], events);
        Assert.Equal(TimeSpan.FromMilliseconds(250), parser.ReconnectionTime);
    }
}
