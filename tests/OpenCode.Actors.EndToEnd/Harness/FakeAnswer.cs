using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>One streamed answer of the <see cref="FakeProvider"/>, in chunks as vendors send them.</summary>
internal sealed class FakeAnswer(HttpContext context, string callId)
{
    public async Task TextAsync(string text, string? reasoning = null, int pause = 5, int usedTokens = 120)
    {
        await RoleAsync();
        foreach (var word in Words(reasoning ?? string.Empty))
            await ChunkAsync(new { reasoning_content = word }, pause: pause);

        foreach (var word in Words(text))
            await ChunkAsync(new { content = word }, pause: pause);

        await FinishAsync("stop", usedTokens);
    }

    public async Task ToolAsync(string name, object input)
    {
        await RoleAsync();
        var arguments = JsonSerializer.Serialize(input);
        await ChunkAsync(new { tool_calls = new[] { new { index = 0, id = callId, type = "function", function = new { name, arguments = string.Empty } } } });
        foreach (var half in new[] { arguments[..(arguments.Length / 2)], arguments[(arguments.Length / 2)..] })
            await ChunkAsync(new { tool_calls = new[] { new { index = 0, function = new { arguments = half } } } });

        await FinishAsync("tool_calls");
    }

    public async Task FailAsync(int status)
    {
        context.Response.StatusCode = status;
        if (status == 429)
            context.Response.Headers.RetryAfter = "1";

        await context.Response.WriteAsJsonAsync(new { error = new { message = $"fake error {status}", type = "fake_error", code = $"{status}" } });
    }

    public async Task OverflowAsync()
    {
        context.Response.StatusCode = 400;
        await context.Response.WriteAsJsonAsync(new { error = new { message = "This model's maximum context length is 10000 tokens. Your messages have 12000.", type = "invalid_request_error", code = "context_length_exceeded" } });
    }

    public async Task CutAsync()
    {
        await RoleAsync();
        await ChunkAsync(new { content = "This answer is " });
        await ChunkAsync(new { content = "cut " }, pause: 200); // Received before the reset, which throws away what was not read.
        context.Abort();
    }

    private static IEnumerable<string> Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((word, n) => n == 0 ? word : " " + word);

    private Task RoleAsync()
    {
        context.Response.ContentType = "text/event-stream";
        return ChunkAsync(new { role = "assistant", content = string.Empty });
    }

    private async Task FinishAsync(string reason, int usedTokens = 120)
    {
        await ChunkAsync(new { }, reason);
        await WriteAsync(new { id = "chat", @object = "chat.completion.chunk", created = 1, model = FakeProvider.ModelId, choices = Array.Empty<object>(), usage = new { prompt_tokens = usedTokens, completion_tokens = 12, total_tokens = usedTokens + 12 } });
        await context.Response.WriteAsync("data: [DONE]\n\n", context.RequestAborted);
    }

    private async Task ChunkAsync(object delta, string? finish = null, int pause = 5)
    {
        await WriteAsync(new { id = "chat", @object = "chat.completion.chunk", created = 1, model = FakeProvider.ModelId, choices = new[] { new { index = 0, delta, finish_reason = finish } } });
        await Task.Delay(pause, context.RequestAborted);
    }

    private async Task WriteAsync(object chunk)
    {
        await context.Response.WriteAsync($"data: {JsonSerializer.Serialize(chunk)}\n\n", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
