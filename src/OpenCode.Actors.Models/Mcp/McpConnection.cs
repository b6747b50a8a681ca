using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using OpenCode.Actors.Sessions.Tools.Servers;

namespace OpenCode.Actors.Models.Mcp;

/// <summary>A connection to one server.</summary>
internal sealed class McpConnection : IToolServerConnection
{
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly McpClient _client;
    private readonly McpProcess? _process;
    private readonly MaskedErrors _masked;
    private volatile IReadOnlyList<ServedTool> _tools = [];
    private int _isDisposed;

    private McpConnection(McpClient client, McpProcess? process, MaskedErrors masked)
    {
        (_client, _process, _masked) = (client, process, masked);
        _ = WatchAsync();
    }

    public IReadOnlyList<ServedTool> Tools => _tools;

    public Task<string> Ended => _ended.Task;

    /// <summary>Initializes the protocol and lists the tools.</summary>
    /// <param name="transport">The way to the server.</param>
    /// <param name="process">Its process, which is ended with the connection, or when there is none; null for one that is not ours.</param>
    /// <param name="options">The name, version and abilities of this client.</param>
    /// <param name="masked">Makes the errors.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<McpConnection> OpenAsync(IClientTransport transport, McpProcess? process, McpClientOptions options, MaskedErrors masked, CancellationToken cancellationToken)
    {
        McpConnection? connection = null;
        options.Handlers = new McpClientHandlers
        {
            NotificationHandlers = [new(NotificationMethods.ToolListChangedNotification, (_, _) => connection is null ? default : connection.Relist())],
        };
        McpClient? client = null;
        try
        {
            // The process is ended below, whatever the result of the handshake: it need not obey the token.
            client = await McpClient.CreateAsync(transport, options, cancellationToken: cancellationToken).WaitAsync(cancellationToken);
            connection = new McpConnection(client, process, masked);
            await connection.ListAsync(cancellationToken);
            return connection;
        }
        catch (Exception e)
        {
            var end = process is not null && !cancellationToken.IsCancellationRequested ? await process.DescribeEndAsync() : null;
            if (connection is not null)
                await connection.DisposeAsync();
            else if (process is not null)
                await process.DisposeAsync();

            cancellationToken.ThrowIfCancellationRequested();
            throw masked.Of(e is McpProtocolException || end is null ? e : new ToolServerException(end));
        }
    }

    public async Task<ServedResult> CallAsync(string tool, JsonElement input, Action progressed, CancellationToken cancellationToken)
    {
        var arguments = input.EnumerateObject().ToDictionary(static member => member.Name, static member => (object?)member.Value, StringComparer.Ordinal);
        try
        {
            var result = await _client.CallToolAsync(tool, arguments, new Progress(progressed), cancellationToken: cancellationToken).AsTask().WaitAsync(cancellationToken);
            return McpContent.Read(result);
        }
        catch (McpProtocolException e)
        {
            throw _masked.Of(e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or McpException or InvalidOperationException or JsonException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var error = _process is null ? e : new ToolServerException(await _process.DescribeEndAsync());
            End(error.Message);
            throw _masked.Of(error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 1)
            return;

        _ended.TrySetResult("It was let go.");
        if (_process is not null)
            await _process.DisposeAsync(); // First: its client waits for the end of its output.
        try
        {
            await _client.DisposeAsync();
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException or McpException or ObjectDisposedException)
        {
            // The server is gone, or does not take the end of its session.
        }
    }

    private async Task WatchAsync()
    {
        var details = await _client.Completion;
        End(_process is null ? details.Exception?.Message ?? "It closed the connection." : await _process.DescribeEndAsync());
    }

    private void End(string reason) => _ended.TrySetResult(_masked.Mask(reason));

    // Not waited for: the client reads no other message before its handler returns.
    private ValueTask Relist()
    {
        _ = RelistAsync();
        return default;
    }

    private async Task RelistAsync()
    {
        try
        {
            await ListAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or McpException or OperationCanceledException or ObjectDisposedException or JsonException)
        {
            // Those of before stay.
        }
    }

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        var tools = await _client.ListToolsAsync(cancellationToken: cancellationToken).AsTask().WaitAsync(cancellationToken);
        _tools = [.. tools.Select(static tool => new ServedTool(tool.ProtocolTool.Name, tool.ProtocolTool.Description ?? tool.ProtocolTool.Title ?? "", tool.ProtocolTool.InputSchema))];
    }

    private sealed class Progress(Action progressed) : IProgress<ProgressNotificationValue>
    {
        public void Report(ProgressNotificationValue value) => progressed();
    }
}
