using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Clients;

/// <summary>What came of an <c>opencode run</c>, without what is another one each time.</summary>
internal static class RunOutcome
{
    /// <summary>Returns what was printed, and what is in the session that was worked in.</summary>
    /// <param name="run">What was run.</param>
    /// <param name="server">Where.</param>
    /// <param name="folder">The folder of the server and of the client.</param>
    /// <param name="before">The session that had been worked in last before.</param>
    public static async Task<JsonObject> OfAsync(OpenCodeRun run, ServerProcess server, TempFolder folder, Worked before)
    {
        var worked = await LatestAsync(server, folder);
        return new JsonObject
        {
            ["exit"] = run.ExitCode,
            ["output"] = Lines(run.Output, server, folder),
            ["errors"] = Lines(run.Errors, server, folder),
            ["session"] = worked.Id == before.Id && worked.Messages.Count == before.Messages.Count ? "none" : Tell(worked, folder),
        };
    }

    /// <summary>Gets the session that changed last.</summary>
    public static async Task<Worked> LatestAsync(ServerProcess server, TempFolder folder)
    {
        var sessions = new List<JsonElement>();
        foreach (var directory in new[] { folder.Sub("project"), folder.Sub("project/src") })
            sessions.AddRange((await server.Api.GetAsync($"/session?directory={Uri.EscapeDataString(directory)}")).EnumerateArray());

        var last = sessions.MaxBy(static session => session.GetProperty("time").GetProperty("updated").GetInt64());
        return new Worked(last, await server.Api.MessagesAsync(last.Text("id")!));
    }

    private static JsonArray Lines(string text, ServerProcess server, TempFolder folder)
    {
        text = Regex.Replace(text, @"\x1b\[[0-9;]*m", string.Empty).Replace(folder.Path, "FOLDER", StringComparison.Ordinal).Replace(server.Root.ToString().TrimEnd('/'), "URL", StringComparison.Ordinal);
        text = Regex.Replace(text, "(ses|msg|prt|per|que|err)_[0-9A-Za-z]+", "$1_");
        var lines = text.Split('\n').Select(static line => line.TrimEnd()).Where(static line => line.Length > 0).ToList();

        // Run connects its stream while it asks, and may miss the very first events: the heading is printed with the first update of an answer that arrives, and an error that is answered may be shown by an event too.
        if (lines.Contains("Error: {"))
            lines.RemoveAll(static line => line.StartsWith("Error: ", StringComparison.Ordinal) && line != "Error: {");
        return [.. lines.OrderBy(static line => line.StartsWith("> ", StringComparison.Ordinal) ? 0 : 1).Select(static line => (JsonNode)(line[0] == '{' ? Event(line) : line))];
    }

    // An event of --format json: what it is, and what it is about.
    private static string Event(string line)
    {
        var json = JsonDocument.Parse(line).RootElement;
        string?[] words = [json.Text("type"), json.Text("part", "type"), json.Text("part", "tool"), json.Text("part", "state", "status"), json.Text("part", "text"), json.Text("part", "reason")];
        return string.Join(' ', words.Append(string.Join(',', json.EnumerateObject().Select(static one => one.Name).Order(StringComparer.Ordinal))).OfType<string>());
    }

    /// <summary>Returns where a session is, what was asked last, and how the answer ended.</summary>
    private static string Tell(Worked worked, TempFolder folder)
    {
        var asked = worked.Messages.LastOrDefault(static message => message.Text("info", "role") == "user");
        var answer = worked.Messages.Count == 0 ? default : worked.Messages[^1];
        var title = worked.Session.Text("title")!;
        string?[] words =
        [
            worked.Session.Text("directory")![folder.Path.Length..], title.EndsWith("ours", StringComparison.Ordinal) ? title : null, title.Contains("(fork #1)", StringComparison.Ordinal) ? "fork" : null,
            asked.Text("info", "agent"), asked.Text("info", "model", "providerID"), asked.Text("info", "model", "modelID"), asked.Text("info", "model", "variant"),
            string.Join(',', (asked.At("parts")?.EnumerateArray() ?? []).Select(static part => part.Text("type"))),
            answer.Text("info", "error", "name"), answer.Text("info", "finish"),
        ];
        return string.Join(" · ", words.OfType<string>());
    }

    /// <summary>A session as it is now.</summary>
    internal sealed record Worked(JsonElement Session, IReadOnlyList<JsonElement> Messages)
    {
        public string Id => Session.Text("id")!;
    }
}
