namespace OpenCode.Actors.Server.Front;

/// <summary>Gives each request that may change something a body, an empty one if need be: <see cref="SocketsHttpHandler"/> sends a request without one again by itself when its connection ends, though it may have been carried out.</summary>
/// <param name="inner">Sends the request.</param>
internal sealed class EmptyBodyHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method != HttpMethod.Get && request.Method != HttpMethod.Head)
            request.Content ??= new ByteArrayContent([]);
        return base.SendAsync(request, cancellationToken);
    }
}
