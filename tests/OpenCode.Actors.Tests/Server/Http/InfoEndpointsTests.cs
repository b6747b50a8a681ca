using System.Text.Json;
using OpenCode.Actors.Protocol.Events;

namespace OpenCode.Actors.Tests.Server.Http;

public sealed class InfoEndpointsTests
{
    [Fact]
    public async Task Health_names_the_protocol_and_our_own_version()
    {
        await using var server = await ServerKit.StartAsync();
        server.Advance(TimeSpan.FromSeconds(90));

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
        using var first = await server.RespondAsync("GET", "/metrics"); // A server that is not started by the command collects from here on.
        await server.SessionAsync();

        using var answer = await server.RespondAsync("GET", "/metrics");
        var text = await answer.Content.ReadAsStringAsync();

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Contains("\nopencode_journal_events_committed_total{} ", text, StringComparison.Ordinal);
        Assert.Contains("\nopencode_streams_open{} ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_description_has_what_is_served_under_opencodes_names()
    {
        await using var server = await ServerKit.StartAsync();

        var paths = (await server.SendAsync("GET", "/doc")).Body.GetProperty("paths");

        Assert.Equal("session.prompt", paths.GetProperty("/session/{sessionID}/message").GetProperty("post").GetProperty("operationId").GetString());
        Assert.Equal("event.subscribe", paths.GetProperty("/event").GetProperty("get").GetProperty("operationId").GetString());
        Assert.False(paths.TryGetProperty("/global/dispose", out _));
    }

    [Theory]
    [InlineData("Part", "type", 10)]
    [InlineData("ToolState", "status", 4)]
    [InlineData("Message", "role", 2)]
    [InlineData("PromptPart", "type", 4)]
    [InlineData("SessionStatus", "type", 3)]
    public async Task The_description_gives_the_cases_of_a_union_wherever_it_is_used(string union, string tag, int cases)
    {
        await using var server = await ServerKit.StartAsync();

        var schemas = (await server.SendAsync("GET", "/doc")).Body.GetProperty("components").GetProperty("schemas");

        AssertUnion(schemas.GetProperty(union), tag, cases);
    }

    [Fact]
    public async Task The_description_gives_the_cases_of_a_union_also_for_a_list_of_it()
    {
        await using var server = await ServerKit.StartAsync();

        var schemas = (await server.SendAsync("GET", "/doc")).Body.GetProperty("components").GetProperty("schemas");

        AssertUnion(schemas.GetProperty("MessageWithParts").GetProperty("properties").GetProperty("parts").GetProperty("items"), "type", 10);
        AssertUnion(schemas.GetProperty("Prompt").GetProperty("properties").GetProperty("parts").GetProperty("items"), "type", 4);
    }

    [Fact]
    public async Task The_description_gives_every_event_that_is_sent_as_a_case_of_the_streams()
    {
        await using var server = await ServerKit.StartAsync();

        var document = (await server.SendAsync("GET", "/doc")).Body;
        var schemas = document.GetProperty("components").GetProperty("schemas");
        var types = typeof(EventTypes).GetFields().Select(field => (string)field.GetRawConstantValue()!).ToHashSet(StringComparer.Ordinal);

        Assert.Equal(types, AssertUnion(schemas.GetProperty("Event"), "type", types.Count).ToHashSet(StringComparer.Ordinal));
        Assert.All(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["/event"] = "Event", ["/global/event"] = "GlobalEvent", ["/session/{sessionID}/event"] = "Event" },
            stream => Assert.Equal(
                $"#/components/schemas/{stream.Value}",
                document.GetProperty("paths").GetProperty(stream.Key).GetProperty("get").GetProperty("responses").GetProperty("200")
                    .GetProperty("content").GetProperty("text/event-stream").GetProperty("schema").GetProperty("$ref").GetString()));
        Assert.Equal(
            ["info", "sessionID"],
            schemas.GetProperty("EventSessionCreated").GetProperty("properties").GetProperty("properties").GetProperty("properties").EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_reference_of_the_description_leads_somewhere()
    {
        await using var server = await ServerKit.StartAsync();

        var document = (await server.SendAsync("GET", "/doc")).Body;
        var schemas = document.GetProperty("components").GetProperty("schemas");

        Assert.All(
            System.Text.RegularExpressions.Regex.Matches(document.GetRawText(), "\"#/components/schemas/([^\"]+)\"").Select(m => m.Groups[1].Value).Distinct(),
            name => Assert.True(schemas.TryGetProperty(name, out _), name));
    }

    private static IEnumerable<string> AssertUnion(JsonElement schema, string tag, int cases)
    {
        var discriminator = schema.GetProperty("discriminator");
        var named = discriminator.GetProperty("mapping").EnumerateObject().ToList();

        Assert.Equal(tag, discriminator.GetProperty("propertyName").GetString());
        Assert.Equal(cases, named.Count);
        Assert.Equal(cases, schema.GetProperty("oneOf").GetArrayLength());
        Assert.All(schema.GetProperty("oneOf").EnumerateArray(), one => Assert.True(one.TryGetProperty("$ref", out _) || one.TryGetProperty("properties", out _), one.GetRawText()));
        return named.Select(one => one.Name);
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

        var agents = (await server.SendAsync("GET", "/agent")).Body.EnumerateArray().ToList();

        Assert.Equal(["build", "compaction", "explore", "general", "plan", "summary", "title"], agents.Select(agent => agent.GetProperty("name").GetString()));
        Assert.Equal("primary", agents[0].GetProperty("mode").GetString());
        Assert.Equal("""{"permission":"bash","pattern":"*","action":"ask"}""", agents[0].GetProperty("permission").EnumerateArray().ElementAt(^2).GetRawText());
    }
}
