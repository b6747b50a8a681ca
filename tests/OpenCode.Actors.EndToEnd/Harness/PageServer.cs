using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>Serves an empty page for any host name: where a script comes from is all that matters.</summary>
internal sealed class PageServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PageServer(WebApplication app) => _app = app;

    public int Port => new Uri(_app.Urls.First()).Port;

    public static async Task<PageServer> StartAsync() =>
        new(await LoopbackApp.StartAsync(static app => 
        {
            app.MapGet("/lost", static (HttpResponse response) => { response.StatusCode = 302; response.Headers.Location = "//["; });
            app.MapGet("/odd", static (HttpResponse response) => { response.ContentType = "text/plain; charset=utf-7"; return response.WriteAsync("odd"); });
            app.MapGet("/{**path}", () => Results.Text("<!doctype html><title>page</title>", "text/html"));
        }));

    /// <summary>Returns the address of the page on a host. Chromium resolves <c>*.example</c> to this machine.</summary>
    public Uri At(string host) => new($"http://{host}:{Port}/");

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
