using System.Text.Json;
using System.Text.Json.Nodes;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Sequences;

/// <summary>What a client that only follows the stream believes about messages and parts; it must be what the server lists.</summary>
internal sealed class EventFold
{
    private readonly SortedDictionary<string, JsonNode> _messages = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, JsonNode> _parts = new(StringComparer.Ordinal);

    public static EventFold Of(IEnumerable<SseFrame> events, string session)
    {
        var fold = new EventFold();
        foreach (var frame in events.Where(e => e.Session == session))
            fold.Add(frame);

        return fold;
    }

    /// <summary>Compares with <c>GET /session/{id}/message</c>, value by value.</summary>
    public void AssertIs(IReadOnlyList<JsonElement> listed)
    {
        AssertSame(_messages, listed.Select(m => m.GetProperty("info")));
        AssertSame(_parts, listed.SelectMany(m => m.GetProperty("parts").EnumerateArray()));
    }

    /// <summary>Reads the whole text a client shows for a session, part by part in order.</summary>
    public IReadOnlyList<string> Texts() =>
        [.. _parts.Values.Select(p => (string?)p["text"]).OfType<string>()];

    private static void AssertSame(SortedDictionary<string, JsonNode> folded, IEnumerable<JsonElement> listed)
    {
        var items = listed.ToDictionary(i => i.Text("id")!, i => JsonNode.Parse(i.GetRawText())!);
        Assert.Equal(folded.Keys.Order(StringComparer.Ordinal), items.Keys.Order(StringComparer.Ordinal));
        foreach (var (id, node) in folded)
            Assert.True(JsonNode.DeepEquals(node, items[id]), $"The stream ended with\n{node.ToJsonString()}\nbut the server lists\n{items[id].ToJsonString()}");
    }

    private void Add(SseFrame frame)
    {
        var properties = frame.Properties;
        switch (frame.Type)
        {
            case "message.updated":
                _messages[properties.Text("info", "id")!] = JsonNode.Parse(properties.GetProperty("info").GetRawText())!;
                break;
            case "message.part.updated":
                _parts[properties.Text("part", "id")!] = JsonNode.Parse(properties.GetProperty("part").GetRawText())!;
                break;
            case "message.part.delta":
                var part = _parts[properties.Text("partID")!];
                part["text"] = (string?)part["text"] + properties.Text("delta");
                break;
            case "message.removed":
                _messages.Remove(properties.Text("messageID")!);
                foreach (var (id, _) in _parts.Where(p => (string?)p.Value["messageID"] == properties.Text("messageID")).ToList())
                    _parts.Remove(id); // A message's parts go with it, without an event of their own.

                break;
            case "message.part.removed":
                _parts.Remove(properties.Text("partID")!);
                break;
        }
    }
}
