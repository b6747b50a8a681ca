using System.ClientModel.Primitives;
using System.Text;
using System.Text.Json;
using OpenAI.Chat;
using OpenCode.Actors.Models.Providers;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Models.OpenAi;

/// <summary>Makes the request of the chat completions API in the package's types; what these lack is patched into their JSON.</summary>
internal static class OpenAiRequest
{
    // What only OpenAI's other API (responses) knows, and opencode's variants contain.
    private static readonly string[] _ofResponses = ["reasoningSummary", "include"];

    // Given bytes, the package copies them, encodes them and copies that text, with each step; a URL that is not rewritten it sends as it is. Base64 has nothing to rewrite.
    private static readonly UriCreationOptions _asItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>Builds the messages of the conversation.</summary>
    public static List<ChatMessage> Messages(ModelRequest request, ModelInfo model)
    {
        var messages = new List<ChatMessage>();
        var files = new List<UserContent>();
        if (!string.IsNullOrEmpty(request.System))
            messages.Add(new SystemChatMessage(request.System));
        foreach (var message in request.Messages)
        {
            if (message is not ToolResult)
                ShowFiles();
            switch (message)
            {
                case UserTurn m:
                    messages.Add(User(m.Content, model));
                    break;
                case AssistantTurn m:
                    messages.Add(Assistant(m, model));
                    break;
                case ToolResult m:
                    messages.Add(new ToolChatMessage(m.CallId, m.IsError ? $"Error: {m.Output}" : m.Output));
                    files.AddRange(m.Files);
                    break;
                default:
                    throw new NotSupportedException($"{message.GetType().Name} has no form in the chat completions API.");
            }
        }

        ShowFiles();
        return messages;

        // A tool's message takes text alone, and nothing may be between the results of one step.
        void ShowFiles()
        {
            if (files.Count > 0)
                messages.Add(User([new TextContent("Files of the tool results above:"), .. files], model));
            files.Clear();
        }
    }

    /// <summary>Builds the options: how to answer, and the tools that may be called.</summary>
    public static ChatCompletionOptions Options(ModelRequest request, ModelInfo model, ProviderApi api)
    {
        var wanted = request.Options;
        var options = new ChatCompletionOptions { TopP = (float?)wanted.TopP };
        if (model.Capabilities.Temperature)
            options.Temperature = (float?)wanted.Temperature;
        if (model.Capabilities.ToolCall && wanted.MayCallTools)
        {
            foreach (var tool in request.Tools)
                options.Tools.Add(ChatTool.CreateFunctionTool(tool.Name, tool.Description, Json(tool.InputSchema)));
            if (wanted.MustCallTool)
                options.ToolChoice = ChatToolChoice.CreateRequiredChoice();
        }

        if (api == ProviderApi.OpenAi)
            options.MaxOutputTokenCount = wanted.MaxOutputTokens;
        else if (wanted.MaxOutputTokens is { } most)
            Patch(ref options.Patch, "max_tokens", JsonElement.Parse($"{most}")); // What compatible servers know; OpenAI renamed it.
        foreach (var (name, value) in wanted.Provider.Where(option => api != ProviderApi.OpenAi || !_ofResponses.Contains(option.Key, StringComparer.Ordinal)))
            Patch(ref options.Patch, NameOf(name, api), value);
        return options;
    }

    private static UserChatMessage User(IReadOnlyList<UserContent> content, ModelInfo model) =>
        content is [TextContent only] ? new UserChatMessage(only.Text) : new UserChatMessage(content.Select(c => Part(c, model)));

    private static ChatMessageContentPart Part(UserContent content, ModelInfo model) => content switch
    {
        TextContent text => ChatMessageContentPart.CreateTextPart(text.Text),
        FileContent file when !model.Capabilities.Takes(file.MimeType) => ChatMessageContentPart.CreateTextPart(ProviderJson.NotTaken(file)),
        FileContent { MimeType: "application/pdf" } file => ChatMessageContentPart.CreateFilePart(new BinaryData(file.Decode()), file.MimeType, file.Filename ?? "document.pdf"),
        FileContent { MimeType: "audio/wav" or "audio/x-wav" } file => ChatMessageContentPart.CreateInputAudioPart(new BinaryData(file.Decode()), ChatInputAudioFormat.Wav),
        FileContent { MimeType: "audio/mpeg" or "audio/mp3" } file => ChatMessageContentPart.CreateInputAudioPart(new BinaryData(file.Decode()), ChatInputAudioFormat.Mp3),
        FileContent file when file.MimeType.StartsWith("image/", StringComparison.Ordinal) => ChatMessageContentPart.CreateImagePart(new Uri(file.ToDataUrl(), in _asItIs)),
        FileContent file => ChatMessageContentPart.CreateTextPart(ProviderJson.NotTaken(file)),
        _ => throw new NotSupportedException($"{content.GetType().Name} has no form in the chat completions API."),
    };

    // Its reasoning stays here unless the model's configuration names the field that the server wants it in: the API has no place for it.
    private static AssistantChatMessage Assistant(AssistantTurn turn, ModelInfo model)
    {
        AssistantChatMessage message;
        if (turn.Calls.Count == 0)
        {
            message = new AssistantChatMessage(turn.Text);
        }
        else
        {
            message = new AssistantChatMessage(turn.Calls.Select(static call => ChatToolCall.CreateFunctionToolCall(call.CallId, ProviderJson.CalledName(call.Name), Json(ProviderJson.AsObject(call.Input)))));
            if (turn.Text.Length > 0)
                message.Content.Add(ChatMessageContentPart.CreateTextPart(turn.Text));
        }

        if (model.Capabilities.ReasoningField is { } field && turn.Reasoning.Count > 0)
            Patch(ref message.Patch, field, JsonElement.Parse($"\"{JsonEncodedText.Encode(string.Concat(turn.Reasoning.Select(static block => block.Text)))}\""));
        return message;
    }

    // opencode's packages rename what they know and hand on the rest as it is.
    private static string NameOf(string option, ProviderApi api) => option switch
    {
        "reasoningEffort" => "reasoning_effort",
        "textVerbosity" => "verbosity",
        _ when api == ProviderApi.OpenAi => JsonNamingPolicy.SnakeCaseLower.ConvertName(option),
        _ => option,
    };

    private static void Patch(ref JsonPatch patch, string name, JsonElement value) =>
        patch.Set(Encoding.UTF8.GetBytes($"$[{JsonSerializer.Serialize(name, NameJson.Default.String)}]"), Json(value));

    private static BinaryData Json(JsonElement json) => BinaryData.FromString(json.GetRawText());
}
