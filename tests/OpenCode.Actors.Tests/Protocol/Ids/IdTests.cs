using System.Text.Json;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Tests.Protocol.Ids;

public sealed class IdTests
{
    [Theory]
    [InlineData("ses_1")]
    [InlineData("ses_0a1b2c3d4e5fABCDEFGHIJKLMN")]
    [InlineData("sesame")]
    public void A_text_with_the_prefix_is_an_id(string text)
    {
        Assert.True(SessionId.TryParse(text, out var id));
        Assert.Equal(text, id.Value);
        Assert.Equal(text, id.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ses")]
    [InlineData("msg_1")]
    [InlineData("SES_1")]
    [InlineData("ses_/../etc")]
    [InlineData("ses_..")]
    [InlineData("ses_a.b")]
    [InlineData("ses_a b")]
    [InlineData("ses_a\n")]
    [InlineData("ses_\u00e4")]
    [InlineData("ses_a\0")]
    public void Anything_else_is_refused(string? text)
    {
        Assert.False(SessionId.TryParse(text, out var id));
        Assert.Equal(default, id);
    }

    [Fact]
    public void A_body_has_at_most_sixty_characters()
    {
        Assert.True(PartId.TryParse("prt" + new string('a', 60), out _));
        Assert.False(PartId.TryParse("prt" + new string('a', 61), out _));
    }

    [Fact]
    public void A_refusal_says_what_an_id_looks_like() =>
        Assert.StartsWith("'per_1' is no QuestionId: give 'que'", IdText.Complaint<QuestionId>("per_1"), StringComparison.Ordinal);

    [Fact]
    public void Ids_are_strings_and_names_of_properties_in_json()
    {
        var statuses = new Dictionary<SessionId, SessionStatus> { [new SessionId("ses_1")] = SessionStatus.Busy };

        var json = JsonSerializer.Serialize(statuses, ProtocolJson.Wire.IReadOnlyDictionarySessionIdSessionStatus);

        Assert.Equal("""{"ses_1":{"type":"busy"}}""", json);
        Assert.Equal(statuses, JsonSerializer.Deserialize(json, ProtocolJson.Wire.IReadOnlyDictionarySessionIdSessionStatus));
    }

    [Theory]
    [InlineData("\"per_1\"")]
    [InlineData("7")]
    [InlineData("{}")]
    public void A_bad_id_in_json_is_the_clients_mistake(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize($$"""{"messageID":{{json}},"parts":[]}""", ProtocolJson.Wire.Prompt));

    [Fact]
    public void A_slug_is_two_words()
    {
        Assert.Equal("able-acorn", Slugs.Create(bytes => bytes.Clear()));
        Assert.Equal("wise-wren", Slugs.Create(bytes => bytes.Fill(255)));
    }
}
