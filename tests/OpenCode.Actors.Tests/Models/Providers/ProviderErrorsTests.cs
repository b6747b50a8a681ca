using System.Text.Json;
using OpenCode.Actors.Models.Providers;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Tests.Models.Providers;

public sealed class ProviderErrorsTests
{
    [Fact]
    public void The_address_of_a_provider_is_shown_without_what_may_be_a_key()
    {
        var url = new Uri("https://user:SECRET@host:8443/v1?key=SECRET#SECRET");
        using var strange = new HttpResponseMessage();
        using var refused = new HttpResponseMessage(System.Net.HttpStatusCode.Forbidden);

        foreach (var error in (ModelException[])
        [
            ProviderErrors.Unreachable(url, new IOException("x")), ProviderErrors.Cut(url, new IOException("x")), ProviderErrors.Silent(url, TimeSpan.FromSeconds(1), new IOException("x")),
            ProviderErrors.Refused(url, strange, "", DateTimeOffset.UnixEpoch), ProviderErrors.Refused(url, refused, "", DateTimeOffset.UnixEpoch),
        ])
        {
            Assert.Contains("https://host:8443/v1", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("SECRET", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_error_in_a_stream_keeps_no_more_than_a_refusal_does()
    {
        var error = ProviderErrors.InStream(JsonElement.Parse($$"""{"message":"{{new string('x', 5_000_000)}}","code":400}"""));

        Assert.InRange(error.Message.Length, 60_000, 70_000);
        Assert.InRange(error.ResponseBody!.Length, 60_000, 70_000);
    }

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
