using System.Text.Json;
using System.Text.Json.Nodes;
using Anthropic.Models.Messages;
using OpenCode.Actors.Models.Providers;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Models.Anthropic;

/// <summary>Makes the request of the messages API in the package's types; options are put into their JSON.</summary>
internal static class AnthropicRequest
{
    // A marked block is the end of what the provider keeps for the next request: the system prompt with the tools, and the conversation so far.
    private static readonly CacheControlEphemeral _cached = new();

    /// <summary>Builds the request: conversation, options and tools.</summary>
    public static MessageCreateParams Make(ModelRequest request, ModelInfo model) =>
        Make(request, model, new LargeTexts()) ?? Make(request, model, new LargeTexts(smallest: int.MaxValue))!;

    // Null when a text of the conversation looks like a mark.
    private static MessageCreateParams? Make(ModelRequest request, ModelInfo model, LargeTexts large)
    {
        var thinking = request.Options.Provider.GetValueOrDefault("thinking");
        var thinks = thinking.ValueKind == JsonValueKind.Object && ProviderJson.Text(thinking, "type") is not (null or "disabled");
        var typed = new MessageCreateParams
        {
            Model = model.ApiId ?? model.Id,
            MaxTokens = MaxTokens(request.Options.MaxOutputTokens ?? model.Limit.Answer, ProviderJson.Number(thinking, "budgetTokens"), model.Limit.Output),
            Messages = Messages(request.Messages, model, large),
        };
        if (!string.IsNullOrEmpty(request.System))
            typed = typed with { System = new List<TextBlockParam> { new() { Text = request.System, CacheControl = _cached } } };
        if (request.Tools.Count > 0 && model.Capabilities.ToolCall)
            typed = typed with { Tools = [.. request.Tools.Select(ToolOf)], ToolChoice = Choice(request.Options, thinks) };

        var body = new Dictionary<string, JsonElement>(typed.RawBodyData, StringComparer.Ordinal);
        if (large.Restore(body["messages"]) is not { } messages)
            return null;

        body["messages"] = messages;
        if (!thinks && model.Capabilities.Temperature && request.Options.Temperature is { } temperature)
            body["temperature"] = Number(temperature); // The API refuses it beside thinking.
        if (!thinks && request.Options.TopP is { } topP && !body.ContainsKey("temperature"))
            body["top_p"] = Number(topP); // And newer models refuse both.
        foreach (var (name, value) in request.Options.Provider)
        {
            if (name == "effort")
                body["output_config"] = Json(new JsonObject { ["effort"] = JsonNode.Parse(value.GetRawText()) });
            else
                body[JsonNamingPolicy.SnakeCaseLower.ConvertName(name)] = Renamed(value);
        }

        return MessageCreateParams.FromRawUnchecked(typed.RawHeaderData, typed.RawQueryData, body);
    }

    // Calls of earlier steps are refused in a request without tools. Beside thinking no call can be demanded.
    private static ToolChoice Choice(StepOptions options, bool thinks) =>
        !options.MayCallTools ? new ToolChoiceNone() : options.MustCallTool && !thinks ? new ToolChoiceAny() : new ToolChoiceAuto();

    // The budget of thinking comes on top of the answer, within what the model can give.
    private static long MaxTokens(long answer, long budget, long most) => most > 0 ? Math.Min(answer + budget, Math.Max(most, budget + 1)) : answer + budget;

    private static List<MessageParam> Messages(IReadOnlyList<ModelMessage> conversation, ModelInfo model, LargeTexts large)
    {
        var messages = new List<MessageParam>();
        for (var i = 0; i < conversation.Count;)
        {
            if (conversation[i] is AssistantTurn turn)
            {
                i++;
                if (Blocks(turn) is { Count: > 0 } said)
                    messages.Add(new AssistantMessageParam { Content = said });
                continue;
            }

            // Results of one step and what the user says then are one message: roles alternate.
            var blocks = new List<ContentBlockParam>();
            for (; i < conversation.Count && conversation[i] is not AssistantTurn; i++)
                Add(blocks, conversation[i], model, large, isLast: i == conversation.Count - 1);
            if (blocks.Count > 0)
                messages.Add(new UserMessageParam { Content = blocks });
        }

        return messages;
    }

    private static void Add(List<ContentBlockParam> blocks, ModelMessage message, ModelInfo model, LargeTexts large, bool isLast)
    {
        switch (message)
        {
            case UserTurn m:
                var shown = m.Content.Where(static content => content is not TextContent { Text: "" }).ToList();
                blocks.AddRange(shown.Select((content, i) => Block(content, model, large, isLast && i == shown.Count - 1)));
                break;
            case ToolResult m:
                var output = new List<Block> { new TextBlockParam { Text = m.Output.Length > 0 ? large.Take(m.Output.AsMemory()) : "(no output)" } };
                output.AddRange(m.Files.Select(file => Result(file, model, large)));
                blocks.Add(new ToolResultBlockParam(IdOf(m.CallId)) { Content = output, IsError = m.IsError, CacheControl = isLast ? _cached : null });
                break;
            default:
                throw new NotSupportedException($"{message.GetType().Name} has no form in the messages API.");
        }
    }

    private static ContentBlockParam Block(UserContent content, ModelInfo model, LargeTexts large, bool isLast)
    {
        var cache = isLast ? _cached : null;
        return content switch
        {
            TextContent text => new TextBlockParam { Text = large.Take(text.Text.AsMemory()), CacheControl = cache },
            FileContent file when model.Capabilities.Takes(file.MimeType) && IsImage(file) => Image(file, large) with { CacheControl = cache },
            FileContent file when model.Capabilities.Takes(file.MimeType) && IsPdf(file) => Pdf(file, large) with { CacheControl = cache },
            FileContent file => new TextBlockParam { Text = ProviderJson.NotTaken(file), CacheControl = cache },
            _ => throw new NotSupportedException($"{content.GetType().Name} has no form in the messages API."),
        };
    }

    private static Block Result(FileContent file, ModelInfo model, LargeTexts large) => !model.Capabilities.Takes(file.MimeType) ? new TextBlockParam { Text = ProviderJson.NotTaken(file) }
        : IsImage(file) ? Image(file, large)
        : IsPdf(file) ? Pdf(file, large)
        : new TextBlockParam { Text = ProviderJson.NotTaken(file) };

    // Thinking goes back as it came, with its signature, or not at all: the API refuses what it has not signed.
    private static List<ContentBlockParam> Blocks(AssistantTurn turn)
    {
        var blocks = new List<ContentBlockParam>();
        foreach (var block in turn.Reasoning)
        {
            var mark = ProviderJson.Get(block.Metadata, AnthropicAnswer.MetadataKey);
            if (ProviderJson.Text(mark, AnthropicAnswer.Signature) is { } signature)
                blocks.Add(new ThinkingBlockParam { Thinking = block.Text, Signature = signature });
            else if (ProviderJson.Text(mark, AnthropicAnswer.RedactedData) is { } data)
                blocks.Add(new RedactedThinkingBlockParam(data));
        }

        if (!string.IsNullOrWhiteSpace(turn.Text))
            blocks.Add(new TextBlockParam { Text = turn.Text });
        blocks.AddRange(turn.Calls.Select(static call => (ContentBlockParam)new ToolUseBlockParam
        {
            ID = IdOf(call.CallId),
            Name = ProviderJson.CalledName(call.Name),
            Input = ProviderJson.Members(ProviderJson.AsObject(call.Input)),
        }));
        return blocks;
    }

    private static ToolUnion ToolOf(ToolDefinition tool) => new Tool
    {
        Name = tool.Name,
        Description = tool.Description,
        InputSchema = InputSchema.FromRawUnchecked(ProviderJson.Members(tool.InputSchema)),
    };

    private static ImageBlockParam Image(FileContent file, LargeTexts large) => new(new Base64ImageSource { Data = large.Take(file.Base64), MediaType = file.MimeType });

    private static DocumentBlockParam Pdf(FileContent file, LargeTexts large) => new(new Base64PdfSource(large.Take(file.Base64))) { Title = file.Filename };

    private static bool IsImage(FileContent file) => file.MimeType is "image/png" or "image/jpeg" or "image/gif" or "image/webp";

    private static bool IsPdf(FileContent file) => file.MimeType == "application/pdf";

    // Calls of another provider's model may have names that this API refuses.
    private static string IdOf(string callId) => string.Concat(callId.Select(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_'));

    // budgetTokens and its like, one level down too.
    private static JsonElement Renamed(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return value;

        var renamed = new JsonObject();
        foreach (var member in value.EnumerateObject())
            renamed[JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Name)] = JsonNode.Parse(member.Value.GetRawText());
        return Json(renamed);
    }

    private static JsonElement Number(double value) => Json(JsonValue.Create(value));

    private static JsonElement Json(JsonNode node) => JsonElement.Parse(node.ToJsonString());
}
