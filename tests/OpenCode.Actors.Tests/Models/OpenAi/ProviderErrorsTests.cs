using System.Text.Json;
using OpenCode.Actors.Models.OpenAi;

namespace OpenCode.Actors.Tests.Models.OpenAi;

public sealed class ProviderErrorsTests
{
    [Theory]
    [InlineData(298)]
    [InlineData(299)]
    [InlineData(300)]
    public void A_long_answer_is_shown_without_half_a_character_at_its_end(int before)
    {
        var data = new string('x', before) + string.Concat(Enumerable.Repeat("😀", 4));

        var message = ProviderErrors.NoJson(data, new JsonException()).Message;

        Assert.EndsWith("…", message, StringComparison.Ordinal);
        Assert.DoesNotContain(message.EnumerateRunes(), static rune => rune == System.Text.Rune.ReplacementChar);
    }
}
