using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>Stands for a node behind a balancer: answers every request with one status, and keeps what it was asked.</summary>
internal sealed class StubNode : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Path, string Name)> _requests = new();

    private StubNode(WebApplication app) => _app = app;

    public Uri Root => new(_app.Urls.First());

    /// <summary>Gets or sets the status of POSTs; other requests get 200.</summary>
    public int PostStatus { get; set; } = 200;

    /// <summary>Gets the POSTs so far, each with its <c>Idempotency-Key</c>.</summary>
    public IReadOnlyList<(string Path, string Name)> Posts => [.. _requests];

    public static async Task<StubNode> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var node = new StubNode(app);
        app.MapGet("/{**path}", () => Results.Json(new { healthy = true }));
        app.MapPost("/{**path}", node.Take);
        await app.StartAsync();
        return node;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult Take(HttpRequest request)
    {
        _requests.Enqueue((request.Path, request.Headers["Idempotency-Key"].ToString()));
        return Results.Json(new { by = Root.Authority }, statusCode: PostStatus);
    }
}
