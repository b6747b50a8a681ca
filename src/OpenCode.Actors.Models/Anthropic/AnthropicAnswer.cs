using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenCode.Actors.Models.Providers;
using OpenCode.Actors.Sessions.Models;
using static OpenCode.Actors.Models.Providers.ProviderJson;

namespace OpenCode.Actors.Models.Anthropic;

/// <summary>Folds the events of one streamed message. It reads their JSON, since a typed event refuses half a character.</summary>
internal sealed class AnthropicAnswer
{
    /// <summary>The key of this API's object in the metadata of a reasoning part.</summary>
    public const string MetadataKey = "anthropic";

    /// <summary>Its key for the signature of a block.</summary>
    public const string Signature = "signature";

    /// <summary>Its key for a block whose text the provider hides.</summary>
    public const string RedactedData = "redactedData";

    private readonly List<OpenCall> _calls = [];
    private readonly WholeCharacters _text = new();
    private readonly WholeCharacters _reasoning = new();
    private readonly StringBuilder _signature = new();
    private TokenUsage _usage = TokenUsage.None;
    private string? _stopReason;
    private bool _isWhole;

    private sealed record OpenCall(long Index, string Id, string Name)
    {
        public StringBuilder Pieces { get; } = new();
    }

    /// <summary>Takes an event.</summary>
    public IEnumerable<ModelChunk> Take(JsonElement @event)
    {
        switch (Text(@event, "type"))
        {
            case "message_start":
                ReadUsage(Get(Get(@event, "message"), "usage"));
                return [];
            case "content_block_start":
                return Start(Number(@event, "index"), Get(@event, "content_block"));
            case "content_block_delta":
                return Delta(Number(@event, "index"), Get(@event, "delta"));
            case "content_block_stop":
                return CloseBlock();
            case "message_delta":
                _stopReason = Text(Get(@event, "delta"), "stop_reason") ?? _stopReason;
                ReadUsage(Get(@event, "usage"));
                return [];
            case "message_stop":
                _isWhole = true;
                return [];
            default:
                return [];
        }
    }

    /// <summary>The stream has ended.</summary>
    /// <exception cref="ModelException">It ended before the answer did.</exception>
    public IEnumerable<ModelChunk> Complete()
    {
        if (!_isWhole && _stopReason is null)
            throw ProviderErrors.Incomplete();

        foreach (var chunk in CloseBlock())
            yield return chunk;
        foreach (var call in _calls)
            yield return new ToolCallChunk(new ToolCall(call.Id, call.Name, Arguments(call.Pieces.ToString())));
        yield return new Finished(
            _stopReason switch
            {
                _ when _calls.Count > 0 => FinishReason.ToolCalls,
                "max_tokens" or "model_context_window_exceeded" => FinishReason.Length,
                "refusal" => FinishReason.ContentFilter,
                _ => FinishReason.Stop,
            },
            _usage);
    }

    private IEnumerable<ModelChunk> Start(long index, JsonElement? block)
    {
        switch (Text(block, "type"))
        {
            case "tool_use":
                _calls.Add(new OpenCall(index, Text(block, "id") ?? $"call_{index}", Text(block, "name") ?? ""));
                break;
            case "redacted_thinking":
                yield return new ReasoningEnded(Metadata(RedactedData, Text(block, "data") ?? ""));
                break;
            case "thinking":
                _signature.Clear().Append(Text(block, Signature));
                if (_reasoning.Take(Text(block, "thinking") ?? "") is { Length: > 0 } thought)
                    yield return new ReasoningDelta(thought);
                break;
            default:
                if (_text.Take(Text(block, "text") ?? "") is { Length: > 0 } text)
                    yield return new TextDelta(text);
                break;
        }
    }

    private IEnumerable<ModelChunk> Delta(long index, JsonElement? delta)
    {
        switch (Text(delta, "type"))
        {
            case "text_delta" when _text.Take(Text(delta, "text") ?? "") is { Length: > 0 } text:
                yield return new TextDelta(text);
                break;
            case "thinking_delta" when _reasoning.Take(Text(delta, "thinking") ?? "") is { Length: > 0 } thought:
                yield return new ReasoningDelta(thought);
                break;
            case "signature_delta":
                _signature.Append(Text(delta, Signature));
                break;
            case "input_json_delta":
                _calls.Find(call => call.Index == index)?.Pieces.Append(Text(delta, "partial_json"));
                break;
        }
    }

    private IEnumerable<ModelChunk> CloseBlock()
    {
        if (_reasoning.Complete() is { Length: > 0 } reasoning)
            yield return new ReasoningDelta(reasoning);
        if (_signature.Length > 0)
            yield return new ReasoningEnded(Metadata(Signature, _signature.ToString()));
        _signature.Clear();
        if (_text.Complete() is { Length: > 0 } text)
            yield return new TextDelta(text);
    }

    // The second count replaces the first, as far as it has one.
    private void ReadUsage(JsonElement? usage)
    {
        var reasoning = Number(Get(usage, "output_tokens_details"), "thinking_tokens");
        _usage = new TokenUsage(
            Or(Number(usage, "input_tokens"), _usage.Input),
            Or(Math.Max(0, Number(usage, "output_tokens") - reasoning), _usage.Output),
            Or(reasoning, _usage.Reasoning),
            Or(Number(usage, "cache_read_input_tokens"), _usage.CacheRead),
            Or(Number(usage, "cache_creation_input_tokens"), _usage.CacheWrite));
    }

    private static long Or(long count, long other) => count > 0 ? count : other;

    private static JsonElement Metadata(string key, string value) => JsonElement.Parse(new JsonObject { [MetadataKey] = new JsonObject { [key] = value } }.ToJsonString());
}
