using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>Stands for a node behind a balancer: answers every request with one status, and keeps what it was asked.</summary>
internal sealed class StubNode : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Path, string Name)> _requests = new();
    private WebApplication _app = null!;

    private StubNode()
    {
    }

    public Uri Root => new(_app.Urls.First());

    /// <summary>Gets or sets the status of POSTs; other requests get 200.</summary>
    public int PostStatus { get; set; } = 200;

    /// <summary>Gets the POSTs so far, each with its <c>Idempotency-Key</c>.</summary>
    public IReadOnlyList<(string Path, string Name)> Posts => [.. _requests];

    public static async Task<StubNode> StartAsync()
    {
        var node = new StubNode();
        node._app = await LoopbackApp.StartAsync(app =>
        {
            app.MapGet("/{**path}", () => Results.Json(new { healthy = true }));
            app.MapPost("/{**path}", node.Take);
        });
        return node;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult Take(HttpRequest request)
    {
        _requests.Enqueue((request.Path, request.Headers["Idempotency-Key"].ToString()));
        return Results.Json(new { by = Root.Authority }, statusCode: PostStatus);
    }
}
