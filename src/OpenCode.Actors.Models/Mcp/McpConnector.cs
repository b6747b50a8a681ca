using System.Diagnostics.CodeAnalysis;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using OpenCode.Actors.Models.Doors;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Servers;

namespace OpenCode.Actors.Models.Mcp;

/// <summary>Connects to MCP servers with the official package: to processes, under the same guard as commands, and over HTTP.</summary>
internal sealed class McpConnector(IProcessHost processes, TimeProvider time) : IToolServerConnector, IDisposable
{
    // Answers stream for as long as a tool works: each wait has its own limit above.
    private static readonly TimeSpan _handshake = TimeSpan.FromMinutes(10);

    private readonly HttpClient _http = McpHttp.Create();

    public async Task<IToolServerConnection> ConnectAsync(ToolServerSpec spec, string directory, CancellationToken cancellationToken)
    {
        var masked = new MaskedErrors(spec.Secrets);
        try
        {
            return spec switch
            {
                LocalToolServer local => await StartAsync(local, directory, masked, cancellationToken),
                RemoteToolServer remote => await McpConnection.OpenAsync(Transport(remote), null, Options(), masked, cancellationToken),
                _ => throw new ArgumentException($"There are no MCP servers of the kind {spec.GetType().Name}.", nameof(spec)),
            };
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException or ArgumentException))
        {
            throw masked.Of(e);
        }
    }

    public void Dispose() => _http.Dispose();

    [SuppressMessage("Reliability", "CA2000", Justification = "The connection owns the process, and ends it when it cannot be made.")]
    private async Task<IToolServerConnection> StartAsync(LocalToolServer spec, string directory, MaskedErrors masked, CancellationToken cancellationToken)
    {
        var process = new McpProcess(await processes.StartAsync(
            new ToolProcessSpec(spec.Command[0], Path.Combine(directory, spec.Folder ?? ""), Environment: spec.Environment)
            {
                Arguments = [.. spec.Command.Skip(1)],
                HasInput = true,
                HasBareEnvironment = true,
            },
            cancellationToken), time);
        return await McpConnection.OpenAsync(new StreamClientTransport(process.Input, process), process, Options(), masked, cancellationToken);
    }

    private HttpClientTransport Transport(RemoteToolServer spec) => new(
        new HttpClientTransportOptions
        {
            Endpoint = spec.Url,
            Name = spec.Name,
            AdditionalHeaders = spec.Headers.ToDictionary(StringComparer.OrdinalIgnoreCase),
            ConnectionTimeout = spec.ConnectTimeout,
        },
        _http);

    private McpClientOptions Options() => new()
    {
        ClientInfo = new Implementation { Name = "opencode-actors", Version = typeof(McpConnector).Assembly.GetName().Version!.ToString(3) },
        InitializationTimeout = _handshake,
        TimeProvider = time,
    };
}
