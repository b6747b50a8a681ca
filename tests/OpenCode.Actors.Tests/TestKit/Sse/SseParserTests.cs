using System.Text;

namespace OpenCode.Actors.Tests.TestKit.Sse;

public sealed class SseParserTests
{
    private const string Varied =
        "\uFEFF: hello\nretry: 300\n\nid: 1\ndata: {\"a\":\"\u00e4\u4f60\"}\n\nevent: x\r\ndata:y\r\ndata\r\ndata:  z\r\n\r\nid: 2\rdata: last\r\r: bye\n\nunknown: f\nid\ndata: no id\n\n";

    private static readonly SseEvent[] _expected =
    [
        new("message", "{\"a\":\"\u00e4\u4f60\"}", "1"),
        new("x", "y\n\n z", "1"),
        new("message", "last", "2"),
        new("message", "no id", ""),
    ];

    [Fact]
    public void A_stream_cut_at_any_byte_reads_the_same()
    {
        var bytes = Encoding.UTF8.GetBytes(Varied);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var parser = new SseParser();

            SseEvent[] events = [.. parser.Feed(bytes.AsSpan(..cut)), .. parser.Feed(bytes.AsSpan(cut..))];

            Assert.Equal(_expected, events);
            Assert.Equal(TimeSpan.FromMilliseconds(300), parser.ReconnectionTime);
        }
    }

    [Fact]
    public void A_stream_that_comes_byte_by_byte_reads_the_same()
    {
        var parser = new SseParser();

        var events = Encoding.UTF8.GetBytes(Varied).SelectMany(b => parser.Feed([b])).ToList();

        Assert.Equal(_expected, events);
    }

    [Fact]
    public void An_event_ends_at_a_carriage_return_without_waiting_for_more() =>
        Assert.Single(new SseParser().Feed("data: a\r\r"u8));

    [Fact]
    public void An_event_without_its_blank_line_is_none_and_its_id_is_not_taken()
    {
        var parser = new SseParser();

        Assert.Empty(parser.Feed("id: 9\ndata: cut\n"u8));
        Assert.Equal("", parser.LastEventId);
    }

    [Fact]
    public void An_id_without_data_is_taken_without_an_event()
    {
        var parser = new SseParser();

        Assert.Empty(parser.Feed("id: 9\n\n"u8));
        Assert.Equal("9", parser.LastEventId);
    }

    [Fact]
    public void An_id_with_a_null_character_is_passed_over()
    {
        var parser = new SseParser();

        parser.Feed("id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n"u8);

        Assert.Equal("1", parser.LastEventId);
    }

    [Theory]
    [InlineData("retry: 12s")]
    [InlineData("retry: -1")]
    [InlineData("retry: +1")]
    [InlineData("retry:")]
    [InlineData("retry: 99999999999999999999")]
    public void A_reconnection_time_that_is_no_number_is_passed_over(string line)
    {
        var parser = new SseParser();

        parser.Feed(Encoding.UTF8.GetBytes($"retry: 5\n{line}\n\n"));

        Assert.Equal(TimeSpan.FromMilliseconds(5), parser.ReconnectionTime);
    }

    [Fact]
    public void Names_of_fields_are_exact()
    {
        var events = new SseParser().Feed("Data: a\n data: b\ndata : c\ndata: d\n\n"u8);

        Assert.Equal("d", Assert.Single(events).Data);
    }

    [Fact]
    public void Only_the_first_byte_order_mark_is_one()
    {
        var events = new SseParser().Feed(Encoding.UTF8.GetBytes("\uFEFFdata: a\n\n\uFEFFdata: b\n\ndata: \uFEFFc\n\n"));

        Assert.Equal(["a", "\uFEFFc"], events.Select(e => e.Data), StringComparer.Ordinal);
    }

    [Fact]
    public void A_byte_that_is_no_utf8_is_replaced()
    {
        var events = new SseParser().Feed([.. "data: a"u8, 0xFF, .. "b\n\n"u8]);

        Assert.Equal("a\uFFFDb", Assert.Single(events).Data);
    }

    [Theory]
    [InlineData("data: 0123456789")]
    [InlineData("data: 01\ndata: 23\ndata: 45")]
    public void An_event_greater_than_allowed_ends_the_reading(string text) =>
        Assert.Throws<InvalidDataException>(() => new SseParser(maxEventBytes: 12).Feed(Encoding.UTF8.GetBytes(text)));
}
