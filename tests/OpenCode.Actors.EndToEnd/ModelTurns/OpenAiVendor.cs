using System.Text.Json;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Providers;

namespace OpenCode.Actors.EndToEnd.ModelTurns;

/// <summary>OpenAI's chat completions.</summary>
internal sealed class OpenAiVendor : Vendor
{
    public override string Package => "@ai-sdk/openai-compatible";

    public override void Answer(ScriptedProvider provider, params Block[] blocks)
    {
        var chunks = new List<string> { Chunk("\"role\":\"assistant\",\"content\":\"\"") };
        var calls = blocks.OfType<CallBlock>().ToList();
        foreach (var block in blocks)
        {
            chunks.AddRange(block switch
            {
                TextBlock text => text.Chunks.Select(static piece => Chunk($"\"content\":{Quote(piece)}")),
                ReasoningBlock thought => thought.Chunks.Select(static piece => Chunk($"\"reasoning_content\":{Quote(piece)}")),
                CallBlock call => Call(call, calls.IndexOf(call)),
                _ => throw new InvalidOperationException(),
            });
        }

        chunks.Add($$$"""{"choices":[{"index":0,"delta":{},"finish_reason":"{{{(calls.Count > 0 ? "tool_calls" : "stop")}}}"}]}""");
        chunks.Add("""{"choices":[],"usage":{"prompt_tokens":100,"completion_tokens":20,"total_tokens":120}}""");
        provider.Stream([.. chunks]);
    }

    public override string[] Beginning(string text) => [Chunk($"\"role\":\"assistant\",\"content\":{Quote(text)}")];

    public override string Refusal(string message) => $$$"""{"error":{"message":{{{Quote(message)}}},"type":"x","code":"x"}}""";

    public override string System(JsonElement request) => Messages(request)[0] is var first && first.Text("role") == "system" ? first.Text("content")! : "";

    public override IEnumerable<string> Images(JsonElement request) => ContentOf(Messages(request)[^1]).Select(static block => block.Text("image_url", "url")).OfType<string>();

    public override IEnumerable<(string Name, JsonElement Schema)> Tools(JsonElement request) =>
        request.GetProperty("tools").EnumerateArray().Select(static tool => (tool.Text("function", "name")!, tool.GetProperty("function").GetProperty("parameters")));

    public override bool DemandsCall(JsonElement request) => request.Text("tool_choice") == "required";

    public override IReadOnlyDictionary<string, string> Results(JsonElement request) => Messages(request)
        .Where(static message => message.Text("role") == "tool")
        .ToDictionary(static message => message.Text("tool_call_id")!, static message => message.Text("content")!, StringComparer.Ordinal);

    private static string Chunk(string delta) => $$$$"""{"choices":[{"index":0,"delta":{{{{{delta}}}}}}]}""";

    private static IEnumerable<string> Call(CallBlock call, int index) =>
    [
        Chunk($$$"""
            "tool_calls":[{"index":{{{index}}},"id":"{{{call.Id}}}","type":"function","function":{"name":"{{{call.Name}}}","arguments":""}}]
            """),
        .. call.Arguments.Select(piece => Chunk($$$"""
            "tool_calls":[{"index":{{{index}}},"function":{"arguments":{{{Quote(piece)}}}}}]
            """)),
    ];
}
