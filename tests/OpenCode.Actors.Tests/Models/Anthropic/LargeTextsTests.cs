using System.Text.Json;
using OpenCode.Actors.Models.Anthropic;

namespace OpenCode.Actors.Tests.Models.Anthropic;

public sealed class LargeTextsTests
{
    [Theory]
    [InlineData("x")]
    [InlineData("+/=")]
    [InlineData("\"\\\n\u0001")]
    [InlineData("a😀é")]
    public void Texts_come_back_as_the_serializer_would_write_them(string unit)
    {
        string[] texts = ["small", string.Concat(Enumerable.Repeat(unit, 70_000)), "between", string.Concat(Enumerable.Repeat(unit, 100_001)), unit];
        var large = new LargeTexts();

        var marked = JsonSerializer.SerializeToElement(texts.Select(text => new { text = large.Take(text.AsMemory()) }));
        var restored = large.Restore(marked)!.Value;

        Assert.InRange(marked.GetRawText().Length, 1, 1_000);
        Assert.Equal(texts, restored.EnumerateArray().Select(static block => block.GetProperty("text").GetString()));
    }

    [Fact]
    public void Json_without_large_texts_is_left_as_it_is()
    {
        var json = JsonElement.Parse("""{"a":"b"}""");

        Assert.Equal(json.GetRawText(), new LargeTexts().Restore(json)!.Value.GetRawText());
    }

    [Fact]
    public void A_text_that_looks_like_a_mark_is_not_taken_for_one()
    {
        var large = new LargeTexts(smallest: 10);

        var marked = JsonSerializer.SerializeToElement((string[])[LargeTexts.Mark[..9], $"{LargeTexts.Mark}0", large.Take("a large text".AsMemory())]);

        Assert.Null(large.Restore(marked));
    }
}
