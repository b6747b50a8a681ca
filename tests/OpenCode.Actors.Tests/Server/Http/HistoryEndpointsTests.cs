using System.Text.Json;

namespace OpenCode.Actors.Tests.Server.Http;

public sealed class HistoryEndpointsTests
{
    private const string Hello = """{"parts":[{"type":"text","text":"hello"}]}""";

    [Fact]
    public async Task Messages_and_parts_are_read_changed_and_removed()
    {
        await using var server = await ServerKit.StartAsync();
        var session = await server.SessionAsync();
        await server.SendAsync("POST", $"/session/{session}/message", Hello);
        var asked = (await server.SendAsync("GET", $"/session/{session}/message")).Body[0];
        var message = $"/session/{session}/message/{Id(asked.GetProperty("info"))}";
        var part = asked.GetProperty("parts")[0];
        var edited = part.GetRawText().Replace("hello", "edited", StringComparison.Ordinal);

        var patched = await server.SendAsync("PATCH", $"{message}/part/{Id(part)}", edited);
        var read = await server.SendAsync("GET", message);
        var removed = await server.SendAsync("DELETE", $"{message}/part/{Id(part)}");
        var left = await server.SendAsync("GET", message);
        var gone = await server.SendAsync("DELETE", message);
        var again = await server.SendAsync("DELETE", message);
        var missing = await server.SendAsync("GET", message);

        Assert.Equal((200, "edited"), (patched.Status, patched.Body.GetProperty("text").GetString()));
        Assert.Equal("edited", read.Body.GetProperty("parts")[0].GetProperty("text").GetString());
        Assert.Equal((200, JsonValueKind.True), (removed.Status, removed.Body.ValueKind));
        Assert.Equal(0, left.Body.GetProperty("parts").GetArrayLength());
        Assert.Equal((200, 200, 404), (gone.Status, again.Status, missing.Status));
    }

    [Fact]
    public async Task A_part_that_names_another_id_than_its_path_is_400()
    {
        await using var server = await ServerKit.StartAsync();
        var session = await server.SessionAsync();
        await server.SendAsync("POST", $"/session/{session}/message", Hello);
        var asked = (await server.SendAsync("GET", $"/session/{session}/message")).Body[0];
        var message = $"/session/{session}/message/{Id(asked.GetProperty("info"))}";

        var (status, _) = await server.SendAsync("PATCH", $"{message}/part/prt_other", asked.GetProperty("parts")[0].GetRawText());

        Assert.Equal(400, status);
    }

    [Fact]
    public async Task A_message_cannot_be_removed_while_a_turn_runs()
    {
        await using var server = await ServerKit.StartAsync();
        var session = await server.SessionAsync();
        using var stream = new SseClient(await server.RespondAsync("GET", "/event"));
        await server.SendAsync("POST", $"/session/{session}/prompt_async", """{"parts":[{"type":"text","text":"hold"}]}""");
        await stream.UntilAsync("You said: ");
        var asked = (await server.SendAsync("GET", $"/session/{session}/message")).Body[0];

        var (status, body) = await server.SendAsync("DELETE", $"/session/{session}/message/{Id(asked.GetProperty("info"))}");

        server.Models.Release();
        Assert.Equal((409, "SessionBusyError", session), (status, body.GetProperty("_tag").GetString(), body.GetProperty("sessionID").GetString()));
    }

    [Fact]
    public async Task A_message_is_undone_and_brought_back()
    {
        await using var server = await ServerKit.StartAsync();
        var session = await server.SessionAsync();
        await server.SendAsync("POST", $"/session/{session}/message", Hello);
        var asked = Id((await server.SendAsync("GET", $"/session/{session}/message")).Body[0].GetProperty("info"));

        var undone = await server.SendAsync("POST", $"/session/{session}/revert", $$"""{"messageID":"{{asked}}"}""");
        var back = await server.SendAsync("POST", $"/session/{session}/unrevert");
        var diff = await server.SendAsync("GET", $"/session/{session}/diff?messageID={asked}");

        Assert.Equal((200, asked), (undone.Status, undone.Body.GetProperty("revert").GetProperty("messageID").GetString()));
        Assert.Equal((200, false), (back.Status, back.Body.TryGetProperty("revert", out _)));
        Assert.Equal((200, 0), (diff.Status, diff.Body.GetArrayLength()));
    }

    [Theory]
    [InlineData("""{"messageID":"msg_none"}""", 404)]
    [InlineData("{}", 400)]
    [InlineData("""{"messageID":"none"}""", 400)]
    public async Task What_cannot_be_undone_is_refused(string body, int status)
    {
        await using var server = await ServerKit.StartAsync();

        Assert.Equal(status, (await server.SendAsync("POST", $"/session/{await server.SessionAsync()}/revert", body)).Status);
        Assert.Equal(404, (await server.SendAsync("POST", "/session/ses_none/unrevert")).Status);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData(null)]
    public async Task A_fork_is_answered_with_its_session(string? body)
    {
        await using var server = await ServerKit.StartAsync();
        var session = await server.SessionAsync();
        await server.SendAsync("PATCH", $"/session/{session}", """{"title":"T"}""");
        await server.SendAsync("POST", $"/session/{session}/message", Hello);

        var (status, fork) = await server.SendAsync("POST", $"/session/{session}/fork", body);

        Assert.Equal((200, "T (fork #1)"), (status, fork.GetProperty("title").GetString()));
        Assert.Equal(2, (await server.SendAsync("GET", $"/session/{Id(fork)}/message")).Body.GetArrayLength());
    }

    [Fact]
    public async Task A_fork_at_a_message_that_is_not_there_is_404()
    {
        await using var server = await ServerKit.StartAsync();

        Assert.Equal(404, (await server.SendAsync("POST", $"/session/{await server.SessionAsync()}/fork", """{"messageID":"msg_none"}""")).Status);
        Assert.Equal(404, (await server.SendAsync("POST", "/session/ses_none/fork")).Status);
    }

    private static string Id(JsonElement element) => element.GetProperty("id").GetString()!;
}
