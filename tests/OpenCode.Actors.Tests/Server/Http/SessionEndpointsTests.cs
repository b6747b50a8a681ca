namespace OpenCode.Actors.Tests.Server.Http;

public sealed class SessionEndpointsTests
{
    [Fact]
    public async Task A_session_is_made_listed_changed_and_removed()
    {
        await using var server = await ServerKit.StartAsync();

        var (status, made) = await server.SendAsync("POST", "/session", """{"title":"First","unknown":1}""");
        var id = made.GetProperty("id").GetString();
        Assert.Equal((200, "First", "/proj", "1.18.33"), (status, made.GetProperty("title").GetString(), made.GetProperty("directory").GetString(), made.GetProperty("version").GetString()));

        await server.SendAsync("PATCH", $"/session/{id}", """{"title":"Second"}""");
        Assert.Equal("Second", (await server.SendAsync("GET", $"/session/{id}")).Body.GetProperty("title").GetString());
        Assert.Equal(id, (await server.SendAsync("GET", "/session")).Body.EnumerateArray().Single().GetProperty("id").GetString());

        Assert.True((await server.SendAsync("DELETE", $"/session/{id}")).Body.GetBoolean());
        Assert.Equal(404, (await server.SendAsync("GET", $"/session/{id}")).Status);
        Assert.Equal(0, (await server.SendAsync("GET", "/session")).Body.GetArrayLength());
    }

    [Fact]
    public async Task A_session_is_made_without_a_body_and_works_in_the_location_of_query_or_header()
    {
        await using var server = await ServerKit.StartAsync();

        var none = (await server.SendAsync("POST", "/session")).Body;
        var header = (await server.SendAsync("POST", "/session", null, ("x-opencode-directory", "%2Fother"))).Body;
        var both = (await server.SendAsync("POST", "/session?directory=/proj", "{}", ("x-opencode-directory", "/other"))).Body;

        Assert.Equal(["/proj", "/other", "/proj"], new[] { none, header, both }.Select(s => s.GetProperty("directory").GetString()));
        Assert.Equal(3, (await server.SendAsync("GET", "/session")).Body.GetArrayLength());
        Assert.Equal(1, (await server.SendAsync("GET", "/session?directory=/other")).Body.GetArrayLength());
    }

    [Fact]
    public async Task Lists_are_selected_by_query_and_a_bad_limit_is_ignored()
    {
        await using var server = await ServerKit.StartAsync();
        var parent = await server.SessionAsync();
        await server.SendAsync("POST", "/session", $$"""{"parentID":"{{parent}}","title":"Child"}""");

        Assert.Equal(1, await CountAsync("/session?limit=1"));
        Assert.Equal(2, await CountAsync("/session?limit=many&path="));
        Assert.Equal(1, await CountAsync("/session?roots=true"));
        Assert.Equal(1, await CountAsync("/session?search=child"));
        Assert.Equal(1, await CountAsync($"/session/{parent}/children"));

        async Task<int> CountAsync(string path) => (await server.SendAsync("GET", path)).Body.GetArrayLength();
    }

    [Fact]
    public async Task Abort_of_an_idle_session_is_true_of_an_unknown_one_404_and_status_leaves_idle_sessions_out()
    {
        await using var server = await ServerKit.StartAsync();

        Assert.True((await server.SendAsync("POST", $"/session/{await server.SessionAsync()}/abort")).Body.GetBoolean());
        Assert.Equal(404, (await server.SendAsync("POST", "/session/ses_none/abort")).Status);
        Assert.Equal("{}", (await server.SendAsync("GET", "/session/status")).Body.GetRawText());
    }
}
