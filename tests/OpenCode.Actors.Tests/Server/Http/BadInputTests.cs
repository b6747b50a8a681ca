using Microsoft.Extensions.Logging;

namespace OpenCode.Actors.Tests.Server.Http;

public sealed class BadInputTests
{
    [Theory]
    [InlineData("POST", "/session", "{", "Not valid JSON")]
    [InlineData("POST", "/session", "[]", "Wrong type")]
    [InlineData("POST", "/session", """{"title":3}""", "at [\"title\"]")]
    [InlineData("POST", "/session", """{"parentID":"nope"}""", "at [\"parentID\"]")]
    [InlineData("POST", "/session", """{"permission":[{"permission":"bash"}]}""", "pattern")]
    [InlineData("POST", "/session/ses_1/message", "", "body")]
    [InlineData("POST", "/session/ses_1/message", "null", "body")]
    [InlineData("POST", "/session/ses_1/message", "{}", "'parts'")]
    [InlineData("POST", "/session/ses_1/message", """{"parts":null}""", "parts")]
    [InlineData("POST", "/session/ses_1/message", """{"parts":[{"type":"text"}]}""", "'text'")]
    [InlineData("POST", "/session/ses_1/message", """{"parts":[{"type":"nope"}]}""", "nope")]
    [InlineData("POST", "/session/ses_1/message", """{"parts":[{"text":"x"}]}""", "type")]
    [InlineData("POST", "/session/ses_1/prompt_async", """{"parts":[],"model":{"providerID":"a"}}""", "'modelID'")]
    [InlineData("POST", "/session/ses_1/shell", """{"agent":"build"}""", "'command'")]
    [InlineData("PATCH", "/session/ses_1", """{"title":[]}""", "at [\"title\"]")]
    [InlineData("POST", "/permission/per_1/reply", """{"reply":"perhaps"}""", "at [\"reply\"]")]
    [InlineData("POST", "/permission/per_1/reply", """{"reply":1}""", "at [\"reply\"]")]
    [InlineData("POST", "/question/que_1/reply", """{"answers":[["a",null]]}""", "answers")]
    [InlineData("POST", "/tui/publish", """{"type":"no.such","properties":{}}""", "no.such")]
    [InlineData("POST", "/tui/publish", """{"type":"tui.toast.show"}""", "'properties'")]
    [InlineData("PATCH", "/config", """{"model":"x"}""", "model")]
    [InlineData("PATCH", "/config", "[]", "Wrong type")]
    [InlineData("PATCH", "/config", """{"permission":{"bash":"deny"},"permission":{}}""", "twice")]
    [InlineData("PATCH", "/config", """{"permission":{"bash":"deny","bash":"allow"}}""", "twice")]
    [InlineData("POST", "/mcp", """{"name":"a","name":"b","config":{"type":"local","command":["x"]}}""", "twice")]
    [InlineData("POST", "/session", """{"title":"a","title":"b"}""", "twice")]
    [InlineData("POST", "/session", """{"permission":[{"permission":"bash","pattern":"*","action":"deny","action":"allow"}]}""", "twice")]
    [InlineData("PATCH", "/config", null, "A body is needed")]
    [InlineData("POST", "/tui/publish", null, "A body is needed")]
    [InlineData("POST", "/permission/per_1/reply", null, "A body is needed")]
    [InlineData("POST", "/permission/nope/reply", """{"reply":"once"}""", "requestID: 'nope' is not valid")]
    [InlineData("GET", "/session/nope", null, "nope")]
    [InlineData("GET", "/session/..%2F..%2Fetc%2Fpasswd", null, "sessionID")]
    [InlineData("DELETE", "/session/ses_a%5Cb", null, "sessionID")]
    [InlineData("GET", "/session/ses_1/message?limit=-1", null, "limit")]
    [InlineData("GET", "/session/ses_1/message?limit=many", null, "limit")]
    [InlineData("GET", "/session/ses_1/message?before=garbage", null, "before")]
    [InlineData("GET", "/event?directory=/proj/a-file", null, "is a file")]
    [InlineData("POST", "/session?directory=/proj/a-file", null, "is a file")]
    [InlineData("POST", "/session?directory=/not/there", null, "no existing folder")]
    [InlineData("GET", "/config?directory=%00", null, "NUL")]
    public async Task Bad_input_is_a_400_that_says_what_is_wrong(string method, string path, string? body, string complaint)
    {
        await using var server = await ServerKit.StartAsync();

        var (status, error) = await server.SendAsync(method, path, body);

        Assert.Equal((400, "BadRequest"), (status, error.GetProperty("name").GetString()));
        Assert.Contains(complaint, error.GetProperty("data").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("OpenCode.Actors", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("arameter", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(server.Log, line => line.Level >= LogLevel.Warning);
    }

    [Theory]
    [InlineData("GET", "/session/ses_none", null)]
    [InlineData("PATCH", "/session/ses_none", "{}")]
    [InlineData("DELETE", "/session/ses_none", null)]
    [InlineData("GET", "/session/ses_none/children", null)]
    [InlineData("GET", "/session/ses_none/message", null)]
    [InlineData("GET", "/session/ses_none/event", null)]
    [InlineData("POST", "/session/ses_none/message", """{"parts":[]}""")]
    [InlineData("POST", "/session/ses_none/prompt_async", """{"parts":[]}""")]
    [InlineData("POST", "/session/ses_none/shell", """{"agent":"build","command":"ls"}""")]
    public async Task An_unknown_session_is_not_found_and_not_made(string method, string path, string? body)
    {
        await using var server = await ServerKit.StartAsync();

        var (status, error) = await server.SendAsync(method, path, body);

        Assert.Equal((404, "Session not found: ses_none"), (status, error.GetProperty("data").GetProperty("message").GetString()));
        Assert.Equal(0, (await server.SendAsync("GET", "/session")).Body.GetArrayLength());
    }

    [Theory]
    [InlineData("/permission/per_none/reply", """{"reply":"once"}""", "PermissionNotFoundError")]
    [InlineData("/question/que_none/reply", """{"answers":[]}""", "QuestionNotFoundError")]
    [InlineData("/question/que_none/reject", null, "QuestionNotFoundError")]
    public async Task An_unknown_request_is_not_found(string path, string? body, string tag)
    {
        await using var server = await ServerKit.StartAsync();

        var (status, error) = await server.SendAsync("POST", path, body);

        Assert.Equal((404, tag), (status, error.GetProperty("_tag").GetString()));
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_a_413_in_JSON()
    {
        await using var server = await ServerKit.StartAsync(config: """{"server":{"limits":{"body_bytes":1024}}}""");

        var (status, error) = await server.SendAsync("POST", "/session", $$"""{"title":"{{new string('x', 2_000)}}"}""");

        Assert.Equal((413, "PayloadTooLarge"), (status, error.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task All_mistakes_of_a_config_change_are_listed()
    {
        await using var server = await ServerKit.StartAsync();

        var (_, error) = await server.SendAsync("PATCH", "/config", """{"model":"x","permission":{"bash":"never"},"server":{}}""");

        var message = error.GetProperty("data").GetProperty("message").GetString();
        Assert.All(["model:", "permission.bash:", "server:"], key => Assert.Contains(key, message, StringComparison.Ordinal));
    }
}
