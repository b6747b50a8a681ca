using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OpenCode.Actors.Protocol.Cursors;

namespace OpenCode.Actors.Tests.Protocol.Cursors;

public sealed class StreamCursorTests
{
    private const string Life = "aZ09bcde";

    [Fact]
    public void A_cursor_says_timeline_generation_and_offset()
    {
        Assert.Equal("aZ09bcde.3-1042", new StreamCursor(Life, 3, 1042).ToString());
        Assert.Equal("aZ09bcde.3-1042.1", new StreamCursor(Life, 3, 1042, BeforeTwin: true).ToString());
        Assert.Equal("aZ09bcde.3-1042.m1100", new StreamCursor(Life, 3, 1042, MergedThrough: 1100).ToString());
        Assert.Equal("aZ09bcde.1-0", new StreamCursor(Life, 1, 0).ToString());
    }

    [Fact]
    public void Every_cursor_reads_as_it_was_written_and_keeps_to_its_forty_characters()
    {
        var cursors =
            from seconds in Gen.Choose(0, int.MaxValue)
            from milliseconds in Gen.Choose(1, 1_000)
            from high in Gen.Choose(0, 999_999)
            from low in Gen.Choose(0, 9_999_999)
            from more in Gen.Choose(1, 1_000_000)
            from kind in Gen.Choose(0, 2)
            let generation = (seconds * 1_000L) + milliseconds
            let offset = kind == 2 ? low : (high * 10_000_000L) + low
            let end = Math.Min(offset + more, 9_999_999)
            select new StreamCursor(Life, generation, offset, kind == 1, kind == 2 && end > offset ? end : null);

        Prop.ForAll(cursors.ToArbitrary(), cursor =>
        {
            var text = cursor.ToString();
            Span<byte> utf8 = stackalloc byte[StreamCursor.MaxLength];
            return text.Length <= StreamCursor.MaxLength
                && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-')
                && StreamCursor.TryParse(text, out var read) && read == cursor
                && cursor.TryFormat(utf8, out var written) && Encoding.ASCII.GetString(utf8[..written]) == text;
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("")]
    [InlineData("aZ09bcde")]
    [InlineData("aZ09bcde.")]
    [InlineData("aZ09bcde.3")]
    [InlineData("aZ09bcde.3-")]
    [InlineData("aZ09bcde.-7")]
    [InlineData("aZ09bcde.0-7")]
    [InlineData("aZ09bcde.03-7")]
    [InlineData("aZ09bcde.3-07")]
    [InlineData("aZ09bcde.3--7")]
    [InlineData("aZ09bcde.3-+7")]
    [InlineData("aZ09bcde.3- 7")]
    [InlineData("aZ09bcde.3-7 ")]
    [InlineData("aZ09bcde.3-7.")]
    [InlineData("aZ09bcde.3-7.0")]
    [InlineData("aZ09bcde.3-7.2")]
    [InlineData("aZ09bcde.3-7.m")]
    [InlineData("aZ09bcde.3-7.m7")]
    [InlineData("aZ09bcde.3-7.m6")]
    [InlineData("aZ09bcde.3-7.m08")]
    [InlineData("aZ09bcde.3-7.m8.1")]
    [InlineData("aZ09bcde.3-7.1.m8")]
    [InlineData("aZ09bcd.3-7")]
    [InlineData("aZ09bcdef.3-7")]
    [InlineData("aZ09bc-e.3-7")]
    [InlineData("aZ09bc\u00e4e.3-7")]
    [InlineData("aZ09bcde.3-\u0667")]
    [InlineData("aZ09bcde.9223372036854775808-7")]
    [InlineData("aZ09bcde.1-9223372036854775808")]
    [InlineData("aZ09bcde.1-100000000000000.m1000000000000000")]
    [InlineData("42")]
    public void Anything_else_is_damaged(string text) => Assert.False(StreamCursor.TryParse(text, out _));

    [Fact]
    public void A_number_that_ends_in_a_null_character_is_damaged() => Assert.False(StreamCursor.TryParse("aZ09bcde.3-104\0", out _));

    [Fact]
    public void A_cursor_with_one_character_changed_is_damaged_or_says_something_else()
    {
        const string good = "aZ09bcde.3-1042.m1100";
        Assert.True(StreamCursor.TryParse(good, out var cursor));

        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var i = 0; i < 2_000; i++)
        {
            var changed = good.ToCharArray();
            changed[random.Next(changed.Length)] = (char)random.Next(0, 300);
            var text = new string(changed);
            if (StreamCursor.TryParse(text, out var read))
                Assert.True(read.ToString() == text && (text == good) == (read == cursor), $"'{text}' was read as {read}; seed {seed}.");
        }
    }
}
