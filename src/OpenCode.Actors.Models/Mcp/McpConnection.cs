using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using OpenCode.Actors.Sessions.Tools.Servers;

namespace OpenCode.Actors.Models.Mcp;

/// <summary>A connection to one server.</summary>
internal sealed class McpConnection : IToolServerConnection
{
    // More than any model is offered, or user reads.
    private const int MostItems = 1_000;
    private const int MostPages = 100;

    private static readonly TimeSpan _listLimit = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly McpClient _client;
    private readonly McpProcess? _process;
    private readonly MaskedErrors _masked;
    private readonly TimeProvider _time;
    private int _changes;
    private volatile IReadOnlyList<ServedTool> _tools = [];
    private int _isDisposed;

    private McpConnection(McpClient client, McpProcess? process, MaskedErrors masked, TimeProvider time)
    {
        (_client, _process, _masked, _time) = (client, process, masked, time);
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
            connection = new McpConnection(client, process, masked, options.TimeProvider ?? TimeProvider.System);
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

    public Task<ServedResult> CallAsync(string tool, JsonElement input, Action progressed, CancellationToken cancellationToken)
    {
        var arguments = input.EnumerateObject().ToDictionary(static member => member.Name, static member => (object?)member.Value, StringComparer.Ordinal);
        return AskAsync(_client.CallToolAsync(tool, arguments, new Progress(progressed), cancellationToken: cancellationToken), McpContent.Read, cancellationToken);
    }

    public async Task<IReadOnlyList<ServedPrompt>> ListPromptsAsync(CancellationToken cancellationToken) => _client.ServerCapabilities.Prompts is null ? [] : await PagesAsync(cursor => AskAsync(
        _client.ListPromptsAsync(new ListPromptsRequestParams { Cursor = cursor }, cancellationToken), static page => (page.Prompts?.Where(static prompt => prompt?.Name is not null).Select(PromptOf), page.NextCursor), cancellationToken));

    public Task<ServedResult> GetPromptAsync(string prompt, IReadOnlyDictionary<string, string> arguments, CancellationToken cancellationToken) => AskAsync(
        _client.GetPromptAsync(prompt, arguments.ToDictionary(static pair => pair.Key, static pair => (object?)pair.Value, StringComparer.Ordinal), cancellationToken: cancellationToken), McpContent.Read, cancellationToken);

    public async Task<IReadOnlyList<ServedResource>> ListResourcesAsync(CancellationToken cancellationToken) => _client.ServerCapabilities.Resources is null ? [] : await PagesAsync(cursor => AskAsync(
        _client.ListResourcesAsync(new ListResourcesRequestParams { Cursor = cursor }, cancellationToken), static page => (page.Resources?.Where(static resource => resource?.Uri is not null).Select(ResourceOf), page.NextCursor), cancellationToken));

    public Task<ServedResult> ReadResourceAsync(string uri, CancellationToken cancellationToken) => AskAsync(_client.ReadResourceAsync(uri, cancellationToken: cancellationToken), McpContent.Read, cancellationToken);

    // The package passes on a null wherever a server sends one, whatever the protocol says of that place.
    private static ServedPrompt PromptOf(Prompt prompt) =>
        new(prompt.Name, prompt.Description, [.. (prompt.Arguments ?? []).Where(static argument => argument?.Name is not null).DistinctBy(static argument => argument.Name, StringComparer.Ordinal).Select(static argument => new ServedArgument(argument.Name, argument.Required == true))]);

    private static ServedResource ResourceOf(Resource resource) => new(resource.Uri, resource.Name ?? resource.Uri, resource.Description, resource.MimeType);

    private async Task<TRead> AskAsync<TResult, TRead>(ValueTask<TResult> asked, Func<TResult, TRead> read, CancellationToken cancellationToken)
    {
        try
        {
            return read(await asked.AsTask().WaitAsync(cancellationToken));
        }
        catch (Exception e) when (e is McpProtocolException or FormatException)
        {
            throw _masked.Of(e); // A file in the result that is no base64, too.
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
        if (Interlocked.Increment(ref _changes) == 1)
            _ = RelistAsync();
        return default;
    }

    // One list at a time, and one more for all notices that arrived meanwhile.
    private async Task RelistAsync()
    {
        int told;
        do
        {
            told = Volatile.Read(ref _changes);
            try
            {
                using var limit = new CancellationTokenSource(_listLimit, _time);
                await ListAsync(limit.Token);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // Whatever the server sent: those of before stay, and the next notice is heeded.
            }
        }
        while (_isDisposed == 0 && Interlocked.CompareExchange(ref _changes, 0, told) != told);
    }

    // A server may have one more page for ever.
    private static async Task<List<T>> PagesAsync<T>(Func<string?, Task<(IEnumerable<T>? Items, string? Next)>> ask)
    {
        var all = new List<T>();
        string? next = null;
        for (var pages = 0; pages < MostPages && all.Count < MostItems; pages++)
        {
            (var items, next) = await ask(next);
            all.AddRange((items ?? []).Take(MostItems - all.Count));
            if (next is null)
                break;
        }

        return all;
    }

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        var tools = await PagesAsync<Tool>(async cursor =>
        {
            var page = await _client.ListToolsAsync(new ListToolsRequestParams { Cursor = cursor }, cancellationToken).AsTask().WaitAsync(cancellationToken);
            return (page.Tools, page.NextCursor);
        });
        _client.ClearKnownTools();
        _tools = [.. tools.Where(static tool => tool?.Name is not null).Where(Know).Select(static tool => new ServedTool(tool.Name, tool.Description ?? tool.Title ?? "", tool.InputSchema))];
    }

    // What a call of it says in headers is known from its schema.
    private bool Know(Tool tool)
    {
        try
        {
            _client.AddKnownTools([tool]);
            return true;
        }
        catch (ArgumentException)
        {
            return false; // It asks for headers that cannot be.
        }
    }

    private sealed class Progress(Action progressed) : IProgress<ProgressNotificationValue>
    {
        public void Report(ProgressNotificationValue value) => progressed();
    }
}
