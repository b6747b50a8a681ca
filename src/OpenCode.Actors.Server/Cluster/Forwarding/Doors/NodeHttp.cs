using System.Net;
using System.Net.Sockets;
using OpenCode.Actors.Server.Cluster.Secrets;

namespace OpenCode.Actors.Server.Cluster.Forwarding.Doors;

/// <summary>HTTP to the other nodes: what is passed on is passed on as it is.</summary>
internal sealed partial class NodeHttp(ClusterSettings settings, NodeSecrets secrets, ILogger<NodeHttp> logger) : INodeHttp, IDisposable
{
    /// <summary>How long a node may take to accept a connection, greetings of https included.</summary>
    private static readonly TimeSpan _connect = TimeSpan.FromSeconds(1);

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        ConnectTimeout = _connect,
        ConnectCallback = NodeConnection.OpenAsync,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null, // the client's own trace context goes on
    });

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.TryAddWithoutValidation(NodeRequest.Secret, secrets.Own);
        request.Headers.TryAddWithoutValidation(NodeRequest.ForwardedBy, settings.Node);
        try
        {
            var answer = await _http.SendAsync(request, cancellationToken);
            if (answer.StatusCode == HttpStatusCode.Forbidden)
                LogRefused(logger, request.RequestUri!.GetLeftPart(UriPartial.Authority), ClusterSettings.SecretVariable);
            return answer;
        }
        catch (SocketException lost)
        {
            // Reset between connect and first use: the handler lets that one through as it is.
            throw new HttpRequestException(HttpRequestError.ConnectionError, lost.Message, lost);
        }
    }

    public void Dispose() => _http.Dispose();

    [LoggerMessage(EventId = 5051, Level = LogLevel.Error, Message = "The node at {Node} does not take the secret of this node: set {Variable} to the same on every node.")]
    private static partial void LogRefused(ILogger logger, string node, string variable);
}
