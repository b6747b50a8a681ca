using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;

namespace OpenCode.Actors.EndToEnd.Mcp;

/// <summary>An MCP server of the official package over streamable HTTP: <c>echo</c>, <c>fail</c> and <c>hang</c>, for those that have the token.</summary>
internal sealed class McpTestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _hanging;

    private McpTestServer(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single() + "/mcp";

    public int Port => new Uri(_app.Urls.Single()).Port;

    /// <summary>Gets how many calls hang now.</summary>
    public int Hanging => Volatile.Read(ref _hanging);

    public static async Task<McpTestServer> StartAsync(string token, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}").UseShutdownTimeout(TimeSpan.Zero);
        McpTestServer server = null!;
        builder.Services.AddMcpServer()
            .WithHttpTransport()
            .WithListToolsHandler(static (_, _) => ValueTask.FromResult(new ListToolsResult { Tools = [ToolOf("echo"), ToolOf("fail"), ToolOf("hang")] }))
            .WithCallToolHandler((request, cancelled) => server.CallAsync(request.Params!, cancelled));
        server = new McpTestServer(builder.Build());
        server._app.Use((context, next) =>
        {
            if (context.Request.Headers.Authorization == $"Bearer {token}")
                return next(context);

            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return context.Response.WriteAsync($"No: {context.Request.Headers.Authorization}");
        });
        server._app.MapMcp("/mcp");
        await server._app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static Tool ToolOf(string name) => new() { Name = name, Description = $"The tool {name}." };

    private async ValueTask<CallToolResult> CallAsync(CallToolRequestParams call, CancellationToken cancelled)
    {
        switch (call.Name)
        {
            case "echo":
                return Text($"echo: {call.Arguments!["text"].GetString()}");
            case "fail":
                return new CallToolResult { IsError = true, Content = Text("It failed on purpose.").Content };
            default:
                Interlocked.Increment(ref _hanging);
                try
                {
                    await Task.Delay(Timeout.Infinite, cancelled);
                }
                finally
                {
                    Interlocked.Decrement(ref _hanging);
                }

                return Text("");
        }
    }

    private static CallToolResult Text(string text) => new() { Content = [new TextContentBlock { Text = text }] };
}
