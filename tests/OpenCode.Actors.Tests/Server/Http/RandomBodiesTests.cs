using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Server.Routes;
using Xunit.Abstractions;

namespace OpenCode.Actors.Tests.Server.Http;

/// <summary>Whatever comes in, the answer is JSON, is not a fault of ours, and comes.</summary>
public sealed class RandomBodiesTests(ITestOutputHelper output)
{
    private const int BodiesPerRoute = 25;

    private static readonly string[] Keys =
    [
        "parts", "type", "text", "title", "messageID", "id", "model", "providerID", "modelID", "agent", "command", "reply", "response", "answers", "properties",
        "message", "variant", "duration", "permission", "pattern", "action", "time", "archived", "parentID", "noReply", "tools", "provider", "options", "server", "",
    ];

    private static readonly string[] Texts =
    [
        "", "text", "file", "agent", "subtask", "once", "always", "reject", "tui.toast.show", "tui.prompt.append", "tui.command.execute", "info", "build", "msg_1", "prt_1", "ses_1",
        "fake", "echo", "ask", "allow", "x/y", "\0", "\u2028", "../..", "é\U0001F600", "data:,x", "{env:HOME}",
    ];

    [Fact]
    public async Task Random_bodies_to_every_route_never_meet_a_5xx_and_never_a_hang()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var server = await ServerKit.StartAsync();
        var session = await server.SessionAsync();
        foreach (var route in OpenCodeRoutes.All)
        {
            foreach (var method in route.Methods.Where(m => m is not "GET"))
            {
                for (var i = 0; i < BodiesPerRoute; i++)
                {
                    var path = string.Join('/', route.Path.Split('/').Select(s => s switch { "{sessionID}" => session, _ when s.StartsWith('{') => Text(random, "per_1", "que_1", "x"), _ => s }));
                    var body = Body(random);
                    if (method == "DELETE" && path == $"/session/{session}")
                        continue; // the session is needed

                    using var answer = await server.RespondAsync(method, path, body);
                    var text = await answer.Content.ReadAsStringAsync();
                    Assert.True((int)answer.StatusCode is < 500 or 501, $"seed {seed}: {method} {path} answered {(int)answer.StatusCode} to {body}\n{text}");
                    Assert.True(text.Length == 0 || text[0] is '{' or '[' or 't' or 'f', $"seed {seed}: {method} {path} answered {text}");
                }
            }
        }

        Assert.All(server.Log, line => Assert.True(line.Level < LogLevel.Error, $"seed {seed}: {line}"));
    }

    [Fact]
    public async Task Random_queries_and_headers_never_meet_a_5xx()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var server = await ServerKit.StartAsync();
        var session = await server.SessionAsync();
        string[] paths = ["/session", "/session/status", $"/session/{session}", $"/session/{session}/message", "/config", "/agent", "/permission", "/question", "/metrics", "/health/live"];
        string[] names = ["directory", "limit", "before", "start", "search", "path", "roots", "scope", "auth_token", "after", "workspace"];
        for (var i = 0; i < 400; i++)
        {
            var query = string.Join('&', Enumerable.Range(0, random.Next(4)).Select(_ => $"{names[random.Next(names.Length)]}={Uri.EscapeDataString(Text(random, Texts))}"));
            var path = $"{paths[random.Next(paths.Length)]}?{query}";

            using var answer = await server.RespondAsync("GET", path, null, ("x-opencode-directory", Uri.EscapeDataString(Text(random, Texts))));

            Assert.True((int)answer.StatusCode < 500, $"seed {seed}: {path} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    private static string Body(Random random) => random.Next(10) switch
    {
        0 => "",
        1 => Encoding.Latin1.GetString([.. Enumerable.Range(0, random.Next(40)).Select(_ => (byte)random.Next(256))]),
        2 => Json(random, 0)!.ToJsonString()[..^1],
        3 => new string('[', random.Next(1, 200)),
        _ => Json(random, 0)!.ToJsonString(),
    };

    private static JsonNode? Json(Random random, int depth) => (depth == 0 ? random.Next(4) : depth > 3 ? random.Next(4, 8) : random.Next(12)) switch
    {
        0 or 1 or 2 or 9 or 10 => new JsonObject(Enumerable.Range(0, random.Next(6)).Select(_ => Keys[random.Next(Keys.Length)]).Distinct()
            .Select(k => KeyValuePair.Create(k, Json(random, depth + 1)))),
        3 or 11 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Json(random, depth + 1))]),
        4 => random.Next(-5, 100_000),
        5 => random.Next(2) == 0,
        6 => null,
        _ => Text(random, Texts),
    };

    private static string Text(Random random, params string[] from) => from[random.Next(from.Length)];
}
