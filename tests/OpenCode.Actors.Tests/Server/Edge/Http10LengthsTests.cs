using System.Buffers;
using System.Text;
using OpenCode.Actors.Server.Edge;

namespace OpenCode.Actors.Tests.Server.Edge;

public sealed class Http10LengthsTests
{
    [Theory]
    [InlineData("POST /session HTTP/1.0\r\nHost: a\r\n\r\n", "POST /session HTTP/1.0\r\nHost: a\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("PUT /x HTTP/1.0\n\n", "PUT /x HTTP/1.0\nContent-Length: 0\r\n\n")]
    [InlineData("GET /session HTTP/1.0\r\n\r\n", null)]
    [InlineData("DELETE /session HTTP/1.0\r\n\r\n", null)]
    [InlineData("POST /session HTTP/1.0\r\ncontent-length: 2\r\n\r\n{}", null)]
    [InlineData("POST /session HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", null)]
    [InlineData("POST /session HTTP/1.0\r\nContent-Length: x\r\n\r\nPOST / HTTP/1.0\r\n\r\n", null)]
    [InlineData("POST /session HTTP/1.1\r\n\r\n", null)]
    [InlineData("POST /a HTTP/1.0\r\nContent-Length: 24\r\n\r\nPOST /in-body HTTP/1.0\r\nPOST /b HTTP/1.0\r\n\r\n", "POST /a HTTP/1.0\r\nContent-Length: 24\r\n\r\nPOST /in-body HTTP/1.0\r\nPOST /b HTTP/1.0\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("POST /a HTTP/1.0\r\n\r\n\r\nPOST /b HTTP/1.0\r\n\r\n", "POST /a HTTP/1.0\r\nContent-Length: 0\r\n\r\n\r\nPOST /b HTTP/1.0\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("POST /session HT", null)]
    public void A_post_without_a_length_gets_one_however_it_arrives(string sent, string? passed)
    {
        for (var size = 1; size <= sent.Length; size++)
        {
            Assert.Equal(passed ?? sent, Pass(sent.Chunk(size).Select(static piece => new string(piece))));
            Assert.Equal(passed ?? sent, Pass(sent.Chunk(size).Select(static piece => new string(piece)), lastIsEnd: true));
        }
    }

    [Fact]
    public void A_body_is_passed_on_as_it_comes_and_its_request_is_not_held_back()
    {
        var requests = new Http10Lengths();
        var output = new ArrayBufferWriter<byte>();

        Assert.True(requests.Pass(Sequence("POST /a HTTP/1.0\r\nContent-Length: 4\r\nHost: a\r\n\r\n{\"a"), isLast: false, output).IsEmpty);
        Assert.True(requests.Pass(Sequence("\""), isLast: false, output).IsEmpty);

        Assert.EndsWith("\r\n\r\n{\"a\"", Encoding.Latin1.GetString(output.WrittenSpan), StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_without_an_end_is_passed_on_for_Kestrel_to_refuse()
    {
        var endless = new string('x', 40_000);

        Assert.Equal(endless + "\r\n\r\n", Pass(["POST / HTTP/1.0\r\nX: ", endless, "\r\n\r\n"])["POST / HTTP/1.0\r\nX: ".Length..]);
    }

    // The end comes with the last piece, or after it.
    private static string Pass(IEnumerable<string> pieces, bool lastIsEnd = false)
    {
        var requests = new Http10Lengths();
        var output = new ArrayBufferWriter<byte>();
        var waiting = "";
        foreach (var piece in lastIsEnd ? pieces.SkipLast(1) : pieces)
            waiting = Encoding.Latin1.GetString(requests.Pass(Sequence(waiting + piece), isLast: false, output));
        requests.Pass(Sequence(waiting + (lastIsEnd ? pieces.Last() : "")), isLast: true, output);
        return Encoding.Latin1.GetString(output.WrittenSpan);
    }

    private static ReadOnlySequence<byte> Sequence(string text) => new(Encoding.Latin1.GetBytes(text));
}
