namespace OpenCode.Actors.Tests.Server.Http;

public sealed class InfoEndpointsTests
{
    [Fact]
    public async Task Health_names_the_protocol_and_our_own_version()
    {
        await using var server = await ServerKit.StartAsync();
        server.Time.Advance(TimeSpan.FromSeconds(90));

        var global = (await server.SendAsync("GET", "/global/health")).Body;
        var live = (await server.SendAsync("GET", "/health/live")).Body;

        Assert.Equal("""{"healthy":true,"version":"1.18.33"}""", global.GetRawText());
        Assert.Equal("1.18.33", live.GetProperty("protocolVersion").GetString());
        Assert.StartsWith("0.", live.GetProperty("version").GetString(), StringComparison.Ordinal);
        Assert.Equal(90, live.GetProperty("uptimeSeconds").GetDouble());
    }

    [Fact]
    public async Task Metrics_are_written_for_Prometheus()
    {
        await using var server = await ServerKit.StartAsync();
        await server.SessionAsync();

        using var answer = await server.RespondAsync("GET", "/metrics");
        var text = await answer.Content.ReadAsStringAsync();

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Contains("\nopencode_journal_events_committed_total ", text, StringComparison.Ordinal);
        Assert.Contains("\nopencode_streams_open ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_description_has_what_is_served_under_opencodes_names()
    {
        await using var server = await ServerKit.StartAsync();

        var paths = (await server.SendAsync("GET", "/doc")).Body.GetProperty("paths");

        Assert.Equal("session.prompt", paths.GetProperty("/session/{sessionID}/message").GetProperty("post").GetProperty("operationId").GetString());
        Assert.Equal("event.subscribe", paths.GetProperty("/event").GetProperty("get").GetProperty("operationId").GetString());
        Assert.False(paths.TryGetProperty("/session/{sessionID}/fork", out _));
    }

    [Fact]
    public async Task The_configuration_is_shown_and_changed_for_its_location()
    {
        await using var server = await ServerKit.StartAsync(config: """{"provider":{"p":{"options":{"baseURL":"http://x","apiKey":"secret"},"models":{"m":{}}}}}""");

        var changed = (await server.SendAsync("PATCH", "/config", """{"model":"p/m","permission":{"bash":"ask"}}""")).Body;
        var here = (await server.SendAsync("GET", "/config")).Body;
        var there = (await server.SendAsync("GET", "/config?directory=/other")).Body;

        Assert.Equal(here.GetRawText(), changed.GetRawText());
        Assert.Equal("p/m", here.GetProperty("model").GetString());
        Assert.False(there.TryGetProperty("model", out _));
        Assert.DoesNotContain("secret", here.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agents_are_listed_with_the_rules_that_hold()
    {
        await using var server = await ServerKit.StartAsync(config: """{"permission":{"bash":"ask"}}""");

        var agent = (await server.SendAsync("GET", "/agent")).Body.EnumerateArray().Single();

        Assert.Equal(("build", "primary"), (agent.GetProperty("name").GetString(), agent.GetProperty("mode").GetString()));
        Assert.Equal("""[{"permission":"bash","pattern":"*","action":"ask"}]""", agent.GetProperty("permission").GetRawText());
    }
}
