using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Load;

/// <summary>An OpenAI-compatible provider that reads each request to its end without looking at it, notes when it came, and answers with one word.</summary>
internal sealed class TimedProvider : IAsyncDisposable
{
    public const string Id = "timed";
    public const string ModelId = "timed-1";

    private WebApplication _app = null!;

    private TimedProvider()
    {
    }

    public static object Model => new { providerID = Id, modelID = ModelId };

    public Uri Completions => new(new Uri(_app.Urls.First()), "/v1/chat/completions");

    /// <summary>Gets the last request: when its head and its end had come, in ticks of <see cref="Stopwatch"/>, and how long its body was.</summary>
    public (long Head, long End, long Bytes) Last { get; private set; }

    public static async Task<TimedProvider> StartAsync()
    {
        var provider = new TimedProvider();
        provider._app = await LoopbackApp.StartAsync(app => app.MapPost("/v1/chat/completions", provider.AnswerAsync));
        return provider;
    }

    public JsonObject Config() => new()
    {
        ["provider"] = new JsonObject
        {
            [Id] = new JsonObject
            {
                ["npm"] = "@ai-sdk/openai-compatible",
                ["options"] = new JsonObject { ["baseURL"] = new Uri(Completions, "/v1").ToString(), ["apiKey"] = "none" },
                ["models"] = new JsonObject
                {
                    [ModelId] = new JsonObject { ["attachment"] = true, ["modalities"] = new JsonObject { ["input"] = new JsonArray("text", "image"), ["output"] = new JsonArray("text") } },
                },
            },
        },
    };

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var head = Stopwatch.GetTimestamp();
        long bytes = 0;
        for (var isWhole = false; !isWhole;)
        {
            var read = await context.Request.BodyReader.ReadAsync();
            (bytes, isWhole) = (bytes + read.Buffer.Length, read.IsCompleted);
            context.Request.BodyReader.AdvanceTo(read.Buffer.End);
        }

        Last = (head, Stopwatch.GetTimestamp(), bytes);
        context.Response.ContentType = "text/event-stream";
        await context.Response.WriteAsync("""
            data: {"choices":[{"index":0,"delta":{"role":"assistant","content":"Hello"}}]}

            data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

            data: {"choices":[],"usage":{"prompt_tokens":100,"completion_tokens":20,"total_tokens":120}}

            data: [DONE]


            """);
    }
}
