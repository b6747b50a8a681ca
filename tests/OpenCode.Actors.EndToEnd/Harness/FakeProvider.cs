using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>
/// An OpenAI-compatible provider over real HTTP that understands the prompts of the embedded model, so that one scenario runs against the embedded model, our
/// OpenAI client and the real opencode. More: <c>fail: 401</c>, <c>fail: 429</c> with <c>retry-after</c>, <c>call: TOOL JSON</c>, and <c>cut</c>,
/// which resets the connection in mid-answer; <c>full</c>, which says that it read 9,500 tokens, and <c>overflow</c>, which refuses a conversation without a summary as too long.
/// </summary>
internal sealed class FakeProvider : IAsyncDisposable
{
    public const string ProviderId = "fake";
    public const string ModelId = "fake-1";

    private const string Summary = "A summary.";

    private WebApplication _app = null!;
    private int _calls;
    private int _requests;

    private FakeProvider()
    {
    }

    public Uri Root => new(_app.Urls.First());

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Gets the names of the tools that the last request with tools offered.</summary>
    public IReadOnlyList<string> Offered { get; private set; } = [];

    /// <summary>Gets or sets how long it takes to begin an answer.</summary>
    public TimeSpan Latency { get; set; }

    public static object Model => new { providerID = ProviderId, modelID = ModelId };

    public static async Task<FakeProvider> StartAsync()
    {
        var provider = new FakeProvider();
        provider._app = await LoopbackApp.StartAsync(app => app.MapPost("/v1/chat/completions", provider.AnswerAsync));
        return provider;
    }

    /// <summary>Makes the configuration that names this provider, in opencode's own shape.</summary>
    public JsonObject Config() => new()
    {
        ["provider"] = new JsonObject
        {
            [ProviderId] = new JsonObject
            {
                ["npm"] = "@ai-sdk/openai-compatible",
                ["name"] = "Fake",
                ["options"] = new JsonObject { ["baseURL"] = new Uri(Root, "/v1").ToString(), ["apiKey"] = "none" },
                ["models"] = new JsonObject { [ModelId] = new JsonObject { ["name"] = "Fake 1" } },
            },
        },
        ["model"] = $"{ProviderId}/{ModelId}",
    };

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        await Task.Delay(Latency);
        var request = (await JsonDocument.ParseAsync(context.Request.Body)).RootElement;
        var answer = new FakeAnswer(context, $"call_{Interlocked.Increment(ref _calls)}");
        if (request.At("tools") is not { ValueKind: JsonValueKind.Array } tools || tools.GetArrayLength() == 0)
        {
            await answer.TextAsync(IsForTitle(request) ? "A title" : Summary);
            return;
        }

        Offered = [.. tools.EnumerateArray().Select(static tool => tool.Text("function", "name")!)];
        var last = request.GetProperty("messages").EnumerateArray().Last();
        var text = last.Text("role") == "tool" ? "tool result" : TextOf(last.GetProperty("content"));
        var colon = text.IndexOf(": ", StringComparison.Ordinal);
        var argument = colon < 0 ? string.Empty : text[(colon + 2)..];
        await ((colon < 0 ? text : text[..colon]) switch
        {
            "call" => CallAsync(answer, argument),
            "run" => answer.ToolAsync("bash", new { command = argument, description = "Runs the command" }),
            "ask" => answer.ToolAsync("question", Question(argument)),
            "think" => answer.TextAsync("Done thinking.", argument),
            "slow" => answer.TextAsync(string.Concat(Enumerable.Range(0, int.Parse(argument, CultureInfo.InvariantCulture)).Select(n => $"word{n} ")), pause: 50),
            "fail" => answer.FailAsync(int.Parse(argument, CultureInfo.InvariantCulture)),
            "cut" => answer.CutAsync(),
            "full" => answer.TextAsync("Hello from a model whose context is nearly full.", usedTokens: 9_500),
            "overflow" when !request.GetProperty("messages").ToString().Contains(Summary, StringComparison.Ordinal) => answer.OverflowAsync(),
            "tool result" => answer.TextAsync("The tool has run. Done."),
            _ => answer.TextAsync("Hello from the fake model."),
        });
    }

    // Without tools a model is asked for a title or a summary. The prompts of opencode and ours name what they want.
    private static bool IsForTitle(JsonElement request) =>
        TextOf(request.GetProperty("messages").EnumerateArray().First().GetProperty("content")) is var system
        && (system.Contains("title", StringComparison.OrdinalIgnoreCase) || system.Contains("You name conversations", StringComparison.Ordinal));

    // "call: write {...}" calls any tool.
    private static Task CallAsync(FakeAnswer answer, string argument)
    {
        var space = argument.IndexOf(' ', StringComparison.Ordinal);
        return answer.ToolAsync(argument[..space], JsonNode.Parse(argument[(space + 1)..])!);
    }

    private static object Question(string argument)
    {
        var parts = argument.Split(" | ");
        return new { questions = new[] { new { question = parts[0], header = "Question", options = parts[1..].Select(p => new { label = p, description = p }) } } };
    }

    private static string TextOf(JsonElement content) => content.ValueKind == JsonValueKind.String
        ? content.GetString()!
        : string.Concat(content.EnumerateArray().Select(part => part.Text("text")));
}
