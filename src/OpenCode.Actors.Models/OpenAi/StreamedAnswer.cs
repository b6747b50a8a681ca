using System.Text;
using System.Text.Json;
using OpenCode.Actors.Models.Providers;
using OpenCode.Actors.Sessions.Models;
using static OpenCode.Actors.Models.Providers.ProviderJson;

namespace OpenCode.Actors.Models.OpenAi;

/// <summary>Folds the chunks of one streamed completion. Lenient: missing, null and unknown members are skipped, since servers differ.</summary>
/// <param name="messageCount">Length of the conversation; it names calls that the server left without a name.</param>
internal sealed class StreamedAnswer(int messageCount)
{
    private readonly List<OpenCall> _calls = [];
    private readonly WholeCharacters _reasoning = new();
    private readonly WholeCharacters _text = new();
    private string? _finishReason;
    private TokenUsage _usage = TokenUsage.None;

    private sealed class OpenCall
    {
        public int? Index { get; init; }

        public string Id { get; set; } = "";

        public StringBuilder Name { get; } = new();

        public StringBuilder Pieces { get; } = new();
    }

    /// <summary>Takes the data of one event.</summary>
    public IEnumerable<ModelChunk> Take(string data)
    {
        using var document = Parse(data);
        var root = document.RootElement;
        if (Get(root, "error") is { } error)
            throw ProviderErrors.InStream(error);
        if (Get(root, "usage") is { } usage)
            _usage = ReadUsage(usage);
        if (Get(root, "choices") is not { ValueKind: JsonValueKind.Array } choices || choices.GetArrayLength() == 0)
            yield break;

        var choice = choices[0];
        _finishReason = Text(choice, "finish_reason") ?? _finishReason;
        if (Get(choice, "delta") is not { } delta)
            yield break;

        // DeepSeek, vLLM and Ollama's newer relatives say reasoning_content; OpenRouter and Ollama say reasoning.
        var reasoning = _reasoning.Take(Text(delta, "reasoning_content") ?? Text(delta, "reasoning") ?? "");
        var text = _text.Take(Text(delta, "content") ?? Text(delta, "refusal") ?? "");
        if (text.Length > 0)
            reasoning += _reasoning.Complete(); // The reasoning ends where the text begins.
        if (reasoning.Length > 0)
            yield return new ReasoningDelta(reasoning);
        if (text.Length > 0)
            yield return new TextDelta(text);
        if (Get(delta, "tool_calls") is { ValueKind: JsonValueKind.Array } calls)
        {
            foreach (var call in calls.EnumerateArray())
                Take(call);
        }
    }

    /// <summary>The stream has ended.</summary>
    /// <exception cref="ModelException">It ended before the answer did.</exception>
    public IEnumerable<ModelChunk> Complete()
    {
        if (_finishReason is null)
            throw ProviderErrors.Incomplete();

        if (_reasoning.Complete() is { Length: > 0 } reasoning)
            yield return new ReasoningDelta(reasoning);
        if (_text.Complete() is { Length: > 0 } text)
            yield return new TextDelta(text);
        foreach (var (call, index) in _calls.Select(static (call, index) => (call, index)))
            yield return new ToolCallChunk(new ToolCall(call.Id.Length > 0 ? call.Id : $"call_{messageCount}_{index}", call.Name.ToString(), Arguments(call.Pieces.ToString())));

        var reason = _finishReason switch
        {
            _ when _calls.Count > 0 => FinishReason.ToolCalls, // Some servers say "stop" then.
            "length" => FinishReason.Length,
            "content_filter" => FinishReason.ContentFilter,
            _ => FinishReason.Stop,
        };
        yield return new Finished(reason, _usage);
    }

    // A call comes in pieces that name it by its index; where a server leaves that out, an id begins the next one.
    private void Take(JsonElement piece)
    {
        var index = Get(piece, "index") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var i) ? i : (int?)null;
        var id = Text(piece, "id") ?? "";
        var call = index is not null ? _calls.Find(c => c.Index == index)
            : id.Length > 0 ? _calls.Find(c => c.Id == id)
            : _calls.LastOrDefault();
        if (call is null)
        {
            call = new OpenCall { Index = index };
            _calls.Add(call);
        }

        if (id.Length > 0)
            call.Id = id;
        if (Get(piece, "function") is { } function)
        {
            call.Name.Append(Text(function, "name"));
            call.Pieces.Append(Get(function, "arguments") is { ValueKind: JsonValueKind.Object } whole ? whole.GetRawText() : Text(function, "arguments"));
        }
    }

    private static TokenUsage ReadUsage(JsonElement usage)
    {
        var cached = Number(Get(usage, "prompt_tokens_details"), "cached_tokens");
        var reasoning = Number(Get(usage, "completion_tokens_details"), "reasoning_tokens");
        return new TokenUsage(
            Math.Max(0, Number(usage, "prompt_tokens") - cached), Math.Max(0, Number(usage, "completion_tokens") - reasoning), reasoning, cached);
    }

    private static JsonDocument Parse(string data)
    {
        try
        {
            return JsonDocument.Parse(data);
        }
        catch (JsonException e)
        {
            throw ProviderErrors.NoJson(data, e);
        }
    }
}
