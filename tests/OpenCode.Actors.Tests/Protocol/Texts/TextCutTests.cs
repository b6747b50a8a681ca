using OpenCode.Actors.Protocol.Texts;

namespace OpenCode.Actors.Tests.Protocol.Texts;

public sealed class TextCutTests
{
    public static TheoryData<string> Characters => new("a", "😀", "👍🏽", "👩‍👩‍👧‍👦", "🇩🇪", "e\u0301", "\u1100\u1161\u11a8", "☎\ufe0f", "\r\n", "é");

    [Theory]
    [MemberData(nameof(Characters))]
    public void A_character_at_the_border_stays_whole_or_goes_whole(string character)
    {
        foreach (var before in new[] { 0, 1, 40, 90 })
        {
            var text = $"{new string('x', before)}{character}{new string('y', 100)}";
            for (var most = 0; most <= text.Length; most++)
            {
                var isInside = most > before && most < before + character.Length;
                Assert.Equal(isInside ? before : most, TextCut.StartLength(text, most));
                Assert.Equal(isInside ? before + character.Length : most, TextCut.EndStart(text, text.Length - most));
            }
        }
    }

    [Theory]
    [InlineData("\u0301")]
    [InlineData("\U0001e000")]
    public void A_pile_of_accents_is_cut_between_its_code_points(string accent)
    {
        var text = $"x{string.Concat(Enumerable.Repeat(accent, 1_000))}";

        for (var most = 100; most < 200; most++)
        {
            Assert.True(IsWhole(text[..TextCut.StartLength(text, most)]));
            Assert.True(IsWhole(text[TextCut.EndStart(text, most)..]));
            Assert.InRange(TextCut.StartLength(text, most), most - 40, most);
            Assert.InRange(TextCut.EndStart(text, most), text.Length - most, text.Length - most + 40);
        }
    }

    [Fact]
    public void Halves_that_stand_alone_are_cut_anywhere()
    {
        var text = new string('\ud83d', 100);

        Assert.Equal(50, TextCut.StartLength(text, 50));
        Assert.Equal(50, TextCut.EndStart(text, 50));
        Assert.Equal(new string('\ude00', 50), TextCut.Start(new string('\ude00', 100), 50));
    }

    [Fact]
    public void The_mark_stands_for_what_is_cut_alone()
    {
        Assert.Equal("0123456789", TextCut.Start("0123456789", 10, "…"));
        Assert.Equal("012345678…", TextCut.Start("012345678😀", 10, "…"));
    }

    private static bool IsWhole(string text) => text.EnumerateRunes().Sum(static rune => rune == System.Text.Rune.ReplacementChar ? -1_000 : rune.Utf16SequenceLength) == text.Length;
}
