using System.Text.Json.Nodes;

namespace OpenCode.Actors.EndToEnd.Edge;

/// <summary>Makes bodies that are nearly right: the field names of the protocol with values of any kind, sometimes torn.</summary>
internal sealed class RandomJson(Random random, string session)
{
    private static readonly string[] Names =
    [
        "parts", "type", "text", "title", "parentID", "permission", "pattern", "action", "model", "providerID", "modelID", "messageID", "agent", "command", "noReply", "reply",
        "response", "message", "answers", "time", "archived", "properties", "variant", "duration", "id", "mime", "url", "filename", "system", "tools", "directory", "metadata", "server",
    ];

    private static readonly string[] Words =
        ["text", "file", "build", "hello", "once", "always", "reject", "tui.toast.show", "info", "bash", "*", "ask", "embedded", "assistant", "", "\0", "\uFFFF", "../..", "data:text/plain,x", "msg_zzz"];

    /// <summary>Makes the next body for a route. Never one that could run a command of the machine.</summary>
    public string Next(Route route)
    {
        var value = random.Next(3) == 0 ? Value(0) : Template(route);
        var text = value?.ToJsonString() ?? "null";
        return random.Next(12) == 0 ? text[..random.Next(text.Length)] : text;
    }

    private JsonObject Template(Route route)
    {
        var body = route.Template switch
        {
            var t when t.EndsWith("/message", StringComparison.Ordinal) || t.EndsWith("/prompt_async", StringComparison.Ordinal) =>
                new JsonObject { ["noReply"] = true, ["parts"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = "hello" }) },
            var t when t.StartsWith("/tui", StringComparison.Ordinal) =>
                new JsonObject { ["type"] = "tui.toast.show", ["properties"] = new JsonObject { ["message"] = "x", ["variant"] = "info" } },
            var t when t.StartsWith("/permission", StringComparison.Ordinal) => new JsonObject { ["reply"] = "once" },
            var t when t.StartsWith("/question", StringComparison.Ordinal) => new JsonObject { ["answers"] = new JsonArray(new JsonArray("Red")) },
            _ => new JsonObject { ["title"] = "x" },
        };
        for (var changes = random.Next(4); changes > 0; changes--)
        {
            var at = body;
            while (at.FirstOrDefault(p => p.Value is JsonObject).Value is JsonObject inner && random.Next(2) == 0)
                at = inner;

            var name = at.Count > 0 && random.Next(2) == 0 ? at.ElementAt(random.Next(at.Count)).Key : Names[random.Next(Names.Length)];
            at[name] = name == "command" ? "true" : Value(1);
        }

        return body;
    }

    private JsonNode? Value(int depth) => random.Next(depth > 4 ? 6 : 9) switch
    {
        0 => null,
        1 => JsonValue.Create(random.Next(2) == 0),
        2 => JsonValue.Create(random.NextInt64(long.MinValue, long.MaxValue)),
        3 => JsonValue.Create(random.NextDouble() * Math.Pow(10, random.Next(-300, 300))),
        4 => JsonValue.Create(session),
        5 => JsonValue.Create(Words[random.Next(Words.Length)]),
        6 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(depth + 1))]),
        _ => Object(depth),
    };

    private JsonObject Object(int depth)
    {
        var made = new JsonObject();
        for (var count = random.Next(5); count > 0; count--)
        {
            var name = Names[random.Next(Names.Length)];
            made[name] = name == "command" ? "true" : Value(depth + 1);
        }

        return made;
    }
}
