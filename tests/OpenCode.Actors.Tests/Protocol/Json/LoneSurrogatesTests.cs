using System.Text;
using OpenCode.Actors.Protocol.Json;

namespace OpenCode.Actors.Tests.Protocol.Json;

public sealed class LoneSurrogatesTests
{
    [Theory]
    [InlineData("""{"a":"cut \ud83d"}""", """{"a":"cut \ufffd"}""")]
    [InlineData("""{"a":"\uDE00 low"}""", """{"a":"\ufffd low"}""")]
    [InlineData("""{"a":"\ud83d\ude00"}""", """{"a":"\ud83d\ude00"}""")]
    [InlineData("""{"a":"\ud83d\ud83d\ude00"}""", """{"a":"\ufffd\ud83d\ude00"}""")]
    [InlineData("""{"a":"\ud83d\u00e9"}""", """{"a":"\ufffd\u00e9"}""")]
    [InlineData("""{"a":"\ud83d\n"}""", """{"a":"\ufffd\n"}""")]
    [InlineData("""{"\ud83d":"a key"}""", """{"\ufffd":"a key"}""")]
    [InlineData("""{"a":"\\ud83d is text"}""", """{"a":"\\ud83d is text"}""")]
    [InlineData("""{"a":"\\\ud83d"}""", """{"a":"\\\ufffd"}""")]
    [InlineData("""{"a":"\ud83""", """{"a":"\ud83""")]
    [InlineData("""{"a":"\ud83d""", """{"a":"\ufffd""")]
    [InlineData("""{"a":"\ud83d\ude""", """{"a":"\ufffd\ude""")]
    [InlineData("""{"a":"\uzzzz \""", """{"a":"\uzzzz \""")]
    public void Half_a_pair_becomes_the_replacement_character_however_the_text_is_cut(string json, string expected)
    {
        for (var piece = 1; piece <= json.Length; piece++)
            Assert.Equal(expected, Encoding.UTF8.GetString(InPieces(Encoding.UTF8.GetBytes(json), piece)));
    }

    [Theory]
    [InlineData(new byte[] { (byte)'a', 0xED, 0xA0, 0xBD, (byte)'b' }, "a\uFFFDb")]
    [InlineData(new byte[] { 0xED, 0x9F, 0xBF }, "\uD7FF")]
    [InlineData(new byte[] { 0xED, 0xA0 }, "\uFFFD\uFFFD")]
    public void Half_a_pair_that_is_encoded_as_bytes_becomes_it_too(byte[] text, string expected)
    {
        for (var piece = 1; piece <= text.Length; piece++)
            Assert.Equal(expected, Encoding.UTF8.GetString(InPieces([.. text], piece)));
    }

    private static byte[] InPieces(byte[] text, int size)
    {
        var given = new List<byte>();
        var held = Array.Empty<byte>();
        foreach (var piece in text.Chunk(size))
            Take(piece, isLast: false);
        Take([], isLast: true);
        return [.. given];

        void Take(byte[] piece, bool isLast)
        {
            byte[] bytes = [.. held, .. piece];
            var decided = LoneSurrogates.Replace(bytes, isLast);
            given.AddRange(bytes[..decided]);
            held = bytes[decided..];
        }
    }
}
