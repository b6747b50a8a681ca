using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Clients;

/// <summary>
/// A proxy before the real server that holds each answer to a POST back for a moment. That server answers a prompt before its last events are out, and <c>run</c> does not print what comes
/// later: only so all that it would print can be recorded.
/// </summary>
internal sealed class LateAnswers : IAsyncDisposable
{
    private static readonly TimeSpan _delay = TimeSpan.FromSeconds(1);
    private readonly HttpClient _http;
    private WebApplication _app = null!;

    private LateAnswers(Uri root) => _http = new HttpClient { BaseAddress = root, Timeout = Timeout.InfiniteTimeSpan };

    public Uri Root => new(_app.Urls.First());

    public static async Task<LateAnswers> StartAsync(Uri root)
    {
        var proxy = new LateAnswers(root);
        proxy._app = await LoopbackApp.StartAsync(app => app.MapFallback(proxy.ForwardAsync));
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task ForwardAsync(HttpContext context)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), context.Request.Path + context.Request.QueryString);
        if (context.Request.ContentLength is not null || context.Request.Headers.TransferEncoding.Count > 0)
            request.Content = new StreamContent(context.Request.Body);
        foreach (var (name, values) in context.Request.Headers.Where(static header => header.Key is not ("Host" or "Content-Length" or "Transfer-Encoding" or "Connection" or "Accept-Encoding")))
            _ = request.Headers.TryAddWithoutValidation(name, values.ToArray()) || (request.Content?.Headers.TryAddWithoutValidation(name, values.ToArray()) ?? false);

        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        if (request.Method == HttpMethod.Post)
            await Task.Delay(_delay, context.RequestAborted);

        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        await using var body = await response.Content.ReadAsStreamAsync(context.RequestAborted);
        var buffer = new byte[64 * 1024];
        for (int read; (read = await body.ReadAsync(buffer, context.RequestAborted)) > 0;)
        {
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }
}
