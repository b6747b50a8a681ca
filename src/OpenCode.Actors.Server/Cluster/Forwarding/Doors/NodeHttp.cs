using System.Net;
using OpenCode.Actors.Server.Cluster.Secrets;

namespace OpenCode.Actors.Server.Cluster.Forwarding.Doors;

/// <summary>HTTP to the other nodes: what is passed on is passed on as it is.</summary>
internal sealed class NodeHttp(ClusterSettings settings, NodeSecrets secrets) : INodeHttp, IDisposable
{
    /// <summary>How long a node may take to accept a connection.</summary>
    private static readonly TimeSpan _connect = TimeSpan.FromSeconds(1);

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        ConnectTimeout = _connect,
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
        return await _http.SendAsync(request, cancellationToken);
    }

    public void Dispose() => _http.Dispose();
}
