using System.Text.Json;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Sequences;

/// <summary>The fields each object of the protocol must have (opencode's own document for 1.18.33), checked on every event of a scenario.</summary>
internal static class RequiredFields
{
    private static readonly Dictionary<string, string[]> OfEvents = new(StringComparer.Ordinal)
    {
        ["session.created"] = ["sessionID", "info"],
        ["session.updated"] = ["sessionID", "info"],
        ["session.deleted"] = ["sessionID", "info"],
        ["session.status"] = ["sessionID", "status"],
        ["session.idle"] = ["sessionID"],
        ["session.error"] = ["error"],
        ["session.diff"] = ["sessionID", "diff"],
        ["message.updated"] = ["sessionID", "info"],
        ["message.part.updated"] = ["sessionID", "part", "time"],
        ["message.part.delta"] = ["sessionID", "messageID", "partID", "field", "delta"],
        ["todo.updated"] = ["sessionID", "todos"],
        ["command.executed"] = ["name", "sessionID", "arguments", "messageID"],
        ["file.edited"] = ["file"],
        ["permission.asked"] = ["id", "sessionID", "permission", "patterns", "metadata", "always", "tool"],
        ["permission.replied"] = ["sessionID", "requestID", "reply"],
        ["question.asked"] = ["id", "sessionID", "questions", "tool"],
        ["question.replied"] = ["sessionID", "requestID", "answers"],
        ["question.rejected"] = ["sessionID", "requestID"],
    };

    private static readonly string[] OfSession = ["id", "slug", "projectID", "directory", "title", "version", "time", "path", "cost", "tokens"];
    private static readonly string[] OfUser = ["id", "sessionID", "role", "time", "agent", "model"];
    private static readonly string[] OfAssistant = ["id", "sessionID", "role", "time", "parentID", "modelID", "providerID", "mode", "agent", "path", "cost", "tokens"];

    private static readonly Dictionary<string, string[]> OfParts = new(StringComparer.Ordinal)
    {
        ["text"] = ["text"],
        ["reasoning"] = ["text", "time"],
        ["tool"] = ["tool", "callID", "state"],
        ["step-start"] = [],
        ["step-finish"] = ["reason", "tokens", "cost"],
    };

    private static readonly Dictionary<string, string[]> OfToolStates = new(StringComparer.Ordinal)
    {
        ["pending"] = ["input", "raw"],
        ["running"] = ["input", "time"],
        ["completed"] = ["input", "output", "title", "metadata", "time"],
        ["error"] = ["input", "error", "time"],
    };

    public static void AssertPresent(SseFrame frame)
    {
        Assert.StartsWith("evt_", frame.EventId, StringComparison.Ordinal);
        var properties = frame.Properties;
        if (!OfEvents.TryGetValue(frame.Type, out var fields))
            return;

        AssertHas(frame.Type, properties, fields);
        switch (frame.Type)
        {
            case "session.created" or "session.updated" or "session.deleted":
                AssertHas("Session", properties.GetProperty("info"), OfSession);
                break;
            case "message.updated":
                var info = properties.GetProperty("info");
                AssertHas("Message", info, info.Text("role") == "user" ? OfUser : OfAssistant);
                break;
            case "message.part.updated":
                AssertPart(properties.GetProperty("part"));
                break;
        }
    }

    private static void AssertPart(JsonElement part)
    {
        AssertHas("Part", part, ["id", "sessionID", "messageID", "type"]);
        if (OfParts.TryGetValue(part.Text("type")!, out var fields))
            AssertHas($"Part {part.Text("type")}", part, fields);

        if (part.At("state") is { } state)
            AssertHas($"state {state.Text("status")}", state, OfToolStates[state.Text("status")!]);
    }

    private static void AssertHas(string what, JsonElement element, string[] fields)
    {
        var missing = fields.Where(f => element.At(f) is null).ToList();
        Assert.True(missing.Count == 0, $"{what} lacks {string.Join(", ", missing)}: {element}");
    }
}
