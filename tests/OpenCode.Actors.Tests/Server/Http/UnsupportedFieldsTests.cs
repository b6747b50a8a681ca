namespace OpenCode.Actors.Tests.Server.Http;

/// <summary>Rule "Nothing is ignored silently".</summary>
public sealed class UnsupportedFieldsTests
{
    [Theory]
    [InlineData("\"format\":{\"type\":\"json_schema\"}", "format.schema")]
    [InlineData("\"format\":{\"type\":\"json_schema\",\"schema\":\"x\"}", "format.schema")]
    [InlineData("\"format\":{\"type\":\"json_schema\",\"schema\":[1]}", "format.schema")]
    [InlineData("\"format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"array\"}}", "format.schema.type")]
    [InlineData("\"format\":{\"type\":\"json_schema\",\"schema\":{},\"retryCount\":-1}", "format.retryCount")]
    [InlineData("\"format\":{\"type\":\"json_schema\",\"schema\":{},\"retryCount\":0.5}", "retryCount")]
    [InlineData("\"format\":{\"type\":\"json_schema\",\"schema\":{\"a\":1,\"a\":2}}", "'a' twice")]
    [InlineData("\"format\":{\"type\":\"xml\"}", "format.type")]
    [InlineData("\"format\":{}", "type")]
    [InlineData("\"format\":\"json\"", "format")]
    [InlineData("\"variant\":\"high\"", "variant")]
    [InlineData("\"permission\":{\"bash\":\"deny\"}", "permission")]
    [InlineData("\"agent\":\"nope\"", "nope")]
    public async Task A_field_that_nothing_carries_out_is_refused_by_name(string field, string name)
    {
        await using var server = await ServerKit.StartAsync();
        var session = await server.SessionAsync();

        foreach (var route in new[] { "message", "prompt_async" })
        {
            var (status, body) = await server.SendAsync("POST", $"/session/{session}/{route}", $$"""{"parts":[{"type":"text","text":"hi"}],{{field}}}""");
            Assert.Equal(400, status);
            Assert.Contains(name, body.GetRawText(), StringComparison.Ordinal);
        }

        Assert.Equal(0, (await server.SendAsync("GET", $"/session/{session}/message")).Body.GetArrayLength());
    }

    [Theory]
    [InlineData("{\"type\":\"subtask\",\"prompt\":\"p\",\"description\":\"d\",\"agent\":\"general\"}", "subtask")]
    [InlineData("{\"type\":\"zap\"}", "zap")]
    public async Task A_part_that_nothing_carries_out_is_refused_by_name(string part, string name)
    {
        await using var server = await ServerKit.StartAsync();

        var (status, body) = await server.SendAsync("POST", $"/session/{await server.SessionAsync()}/message", $$"""{"parts":[{{part}}]}""");

        Assert.Equal(400, status);
        Assert.Contains(name, body.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_asks_for_nothing_special_is_taken()
    {
        await using var server = await ServerKit.StartAsync();

        var (status, _) = await server.SendAsync(
            "POST", $"/session/{await server.SessionAsync()}/message", """{"parts":[{"type":"text","text":"hi"}],"noReply":true,"format":{"type":"text"},"variant":"default"}""");

        Assert.Equal(200, status);
    }
}
