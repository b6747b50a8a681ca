using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Clients;

/// <summary>What came of an <c>opencode run</c>, without what is another one each time.</summary>
internal static class RunOutcome
{
    public static async Task<JsonObject> OfAsync(OpenCodeRun run, ServerProcess server, TempFolder folder) => new()
    {
        ["exit"] = run.ExitCode,
        ["output"] = Lines(run.Output, server, folder),
        ["errors"] = Lines(run.Errors, server, folder),
        ["session"] = await SessionAsync(server, folder),
    };

    private static JsonArray Lines(string text, ServerProcess server, TempFolder folder)
    {
        text = Regex.Replace(text, @"\x1b\[[0-9;]*m", string.Empty).Replace(folder.Path, "FOLDER", StringComparison.Ordinal).Replace(server.Root.ToString().TrimEnd('/'), "URL", StringComparison.Ordinal);
        text = Regex.Replace(text, "(ses|msg|prt|per|que|err)_[0-9A-Za-z]+", "$1_");
        return [.. text.Split('\n').Select(static line => line.TrimEnd()).Where(static line => line.Length > 0).Select(static line => (JsonNode)(line[0] == '{' ? Event(line) : line))];
    }

    // An event of --format json: what it is, and what it is about.
    private static string Event(string line)
    {
        var json = JsonDocument.Parse(line).RootElement;
        string?[] words = [json.Text("type"), json.Text("part", "type"), json.Text("part", "tool"), json.Text("part", "state", "status"), json.Text("part", "text"), json.Text("part", "reason")];
        return string.Join(' ', words.Append(string.Join(',', json.EnumerateObject().Select(static one => one.Name).Order(StringComparer.Ordinal))).OfType<string>());
    }

    /// <summary>Tells the session that changed last: where it is, what was asked last, and how the answer ended.</summary>
    private static async Task<string> SessionAsync(ServerProcess server, TempFolder folder)
    {
        var sessions = new List<JsonElement>();
        foreach (var directory in new[] { folder.Sub("project"), folder.Sub("project/src") })
            sessions.AddRange((await server.Api.GetAsync($"/session?directory={Uri.EscapeDataString(directory)}")).EnumerateArray());

        var last = sessions.MaxBy(static session => session.GetProperty("time").GetProperty("updated").GetInt64());
        var messages = await server.Api.MessagesAsync(last.Text("id")!);
        var asked = messages.Last(static message => message.Text("info", "role") == "user");
        var answer = messages[^1];
        var title = last.Text("title")!;
        string?[] words =
        [
            last.Text("directory")![folder.Path.Length..], title.EndsWith("ours", StringComparison.Ordinal) ? title : null, $"{messages.Count} messages",
            asked.Text("info", "agent"), asked.Text("info", "model", "providerID"), asked.Text("info", "model", "modelID"), asked.Text("info", "model", "variant"),
            string.Join(',', asked.GetProperty("parts").EnumerateArray().Select(static part => part.Text("type"))),
            answer.Text("info", "error", "name"), answer.Text("info", "finish"),
        ];
        return string.Join(" · ", words.OfType<string>());
    }
}
