using System.Text.Json;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Providers;

namespace OpenCode.Actors.EndToEnd.ModelTurns;

/// <summary>Anthropic's messages.</summary>
internal sealed class AnthropicVendor : Vendor
{
    private const string Start = """{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","content":[],"model":"x","stop_reason":null,"usage":{"input_tokens":100,"output_tokens":1}}}""";

    public override string Package => "@ai-sdk/anthropic";

    public override void Answer(ScriptedProvider provider, params Block[] blocks)
    {
        var events = new List<string> { Start };
        foreach (var (index, block) in blocks.Index())
        {
            var (begin, deltas) = block switch
            {
                TextBlock text => ("""{"type":"text","text":""}""", text.Chunks.Select(static piece => $$$"""{"type":"text_delta","text":{{{Quote(piece)}}}}""")),
                ReasoningBlock thought => (
                    """{"type":"thinking","thinking":"","signature":""}""",
                    thought.Chunks.Select(static piece => $$$"""{"type":"thinking_delta","thinking":{{{Quote(piece)}}}}""").Append("""{"type":"signature_delta","signature":"s"}""")),
                CallBlock call => (
                    $$$"""{"type":"tool_use","id":"{{{call.Id}}}","name":"{{{call.Name}}}","input":{}}""",
                    call.Arguments.Select(static piece => $$$"""{"type":"input_json_delta","partial_json":{{{Quote(piece)}}}}""")),
                _ => throw new InvalidOperationException(),
            };
            events.Add($$$"""{"type":"content_block_start","index":{{{index}}},"content_block":{{{begin}}}}""");
            events.AddRange(deltas.Select(delta => $$$"""{"type":"content_block_delta","index":{{{index}}},"delta":{{{delta}}}}"""));
            events.Add($$$"""{"type":"content_block_stop","index":{{{index}}}}""");
        }

        events.Add($$$"""{"type":"message_delta","delta":{"stop_reason":"{{{(blocks.Any(static block => block is CallBlock) ? "tool_use" : "end_turn")}}}"},"usage":{"output_tokens":20}}""");
        events.Add("""{"type":"message_stop"}""");
        provider.Events([.. events]);
    }

    public override string[] Beginning(string text) =>
    [
        Start, """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""",
        $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":{{{Quote(text)}}}}}""",
    ];

    public override string Refusal(string message) => $$$"""{"type":"error","error":{"type":"x","message":{{{Quote(message)}}}}}""";

    public override string System(JsonElement request) => string.Concat(request.GetProperty("system").EnumerateArray().Select(static block => block.Text("text")));

    public override IEnumerable<string> Images(JsonElement request) => ContentOf(Messages(request)[^1]).Where(static block => block.Text("type") == "image")
        .Select(static block => $"data:{block.Text("source", "media_type")};base64,{block.Text("source", "data")}");

    public override IEnumerable<(string Name, JsonElement Schema)> Tools(JsonElement request) =>
        request.GetProperty("tools").EnumerateArray().Select(static tool => (tool.Text("name")!, tool.GetProperty("input_schema")));

    public override bool DemandsCall(JsonElement request) => request.Text("tool_choice", "type") == "any";

    public override IReadOnlyDictionary<string, string> Results(JsonElement request) => Messages(request)
        .SelectMany(ContentOf).Where(static block => block.Text("type") == "tool_result")
        .ToDictionary(static block => block.Text("tool_use_id")!, static block => string.Concat(ContentOf(block).Select(static part => part.Text("text"))), StringComparer.Ordinal);
}
