namespace OpenCode.Actors.Server.Cluster.Forwarding;

/// <summary>HTTP to the other nodes.</summary>
internal interface INodeHttp
{
    /// <summary>Sends a request under this node's name and secret.</summary>
    /// <param name="request">Whole, with the address of the node.</param>
    /// <param name="cancellationToken">Gives up: before the answer begins, or while it is read.</param>
    /// <returns>The answer as soon as its headers are there.</returns>
    /// <exception cref="HttpRequestException">The node could not be reached, or was lost.</exception>
    Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken);
}
