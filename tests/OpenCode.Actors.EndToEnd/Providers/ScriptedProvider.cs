using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Providers;

/// <summary>A provider of this test: speaks OpenAI's chat completions and Anthropic's messages on a free port of the loopback and answers each request with the next reply of its script.</summary>
public sealed class ScriptedProvider : IAsyncDisposable
{
    private readonly ConcurrentQueue<Func<HttpContext, Task>> _script = new();
    private WebApplication _app = null!;

    private ScriptedProvider()
    {
    }

    /// <summary>What was asked, in order.</summary>
    public ConcurrentQueue<ProviderRequest> Requests { get; } = new();

    /// <summary>For <c>options.baseURL</c>.</summary>
    public string BaseUrl => _app.Urls.Single() + "/v1";

    public static async Task<ScriptedProvider> StartAsync()
    {
        var provider = new ScriptedProvider();
        provider._app = await LoopbackApp.StartAsync(app =>
        {
            app.MapPost("/v1/chat/completions", provider.AnswerAsync);
            app.MapPost("/v1/messages", provider.AnswerAsync);
        });
        return provider;
    }

    /// <summary>Answers the next request with a stream: one event for each JSON text, then <c>[DONE]</c>.</summary>
    public ScriptedProvider Stream(params string[] events) => Then(async context =>
    {
        await WriteEventsAsync(context, events);
        await context.Response.WriteAsync("data: [DONE]\n\n");
    });

    /// <summary>Answers the next request with a stream: one event for each JSON text, and nothing after them.</summary>
    public ScriptedProvider Events(params string[] events) => Then(context => WriteEventsAsync(context, events));

    /// <summary>Streams these events, then resets the connection on demand: a reset discards data that the client has not read.</summary>
    public ScriptedProvider StreamAndCut(Task cut, params string[] events) => Then(async context =>
    {
        await WriteEventsAsync(context, events);
        await cut;
        context.Abort();
    });

    /// <summary>Streams these events, then says nothing more until the client goes away.</summary>
    public ScriptedProvider StreamAndHang(TaskCompletionSource gone, params string[] events) => Then(async context =>
    {
        await WriteEventsAsync(context, events);
        context.RequestAborted.Register(() => gone.TrySetResult());
        await gone.Task;
    });

    /// <summary>Refuses.</summary>
    public ScriptedProvider Refuse(int status, string body, string contentType = "application/json", params (string Name, string Value)[] headers) => Then(async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        foreach (var (name, value) in headers)
            context.Response.Headers[name] = value;
        await context.Response.WriteAsync(body);
    });

    /// <summary>Drops what is left of the script.</summary>
    public void Forget() => _script.Clear();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private ScriptedProvider Then(Func<HttpContext, Task> reply)
    {
        _script.Enqueue(reply);
        return this;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body);
        Requests.Enqueue(new ProviderRequest(body.RootElement.Clone(), context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), DateTimeOffset.UtcNow));
        if (!_script.TryDequeue(out var reply))
            throw new InvalidOperationException("The script has no more replies.");
        await reply(context);
    }

    private static async Task WriteEventsAsync(HttpContext context, string[] events)
    {
        context.Response.ContentType = "text/event-stream";
        foreach (var data in events)
        {
            using var json = JsonDocument.Parse(data); // Anthropic's events have a name beside, the same as in their data.
            if (json.RootElement.TryGetProperty("type", out var type))
                await context.Response.WriteAsync($"event: {type.GetString()}\n");
            await context.Response.WriteAsync($"data: {data}\n\n");
            await context.Response.Body.FlushAsync();
        }
    }
}

/// <summary>A request as the provider got it.</summary>
public sealed record ProviderRequest(JsonElement Body, IReadOnlyDictionary<string, string> Headers, DateTimeOffset At);
