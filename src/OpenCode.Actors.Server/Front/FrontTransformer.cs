using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Net.Http.Headers;
using OpenCode.Actors.Server.Edge;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Server.Sse;
using OpenCode.Actors.Storage.Sqlite.Doors;
using Yarp.ReverseProxy.Forwarder;

namespace OpenCode.Actors.Server.Front;

/// <summary>Changes one request on its way to the holder, and its answer on the way back.</summary>
/// <param name="holder">Where it goes.</param>
/// <param name="locations">The locations as this server names them.</param>
/// <param name="streams">The event streams that pass through this server.</param>
/// <param name="opening">Disposed when an event stream is open; null where none is asked for.</param>
internal sealed class FrontTransformer(HolderInfo holder, LocationResolver locations, PassingStreams streams, IDisposable? opening) : HttpTransformer
{
    // The front has checked these, or says them itself.
    private static readonly string[] _notForTheHolder =
        [HeaderNames.Authorization, HeaderNames.Origin, "Sec-Fetch-Site", FrontSecret.Header, EdgeMiddleware.RequestIdHeader, ForwardedTarget.DirectoryHeader];

    private static readonly string[] _saidByTheFront = [EdgeMiddleware.RequestIdHeader, HeaderNames.Vary, HeaderNames.XContentTypeOptions];

    /// <summary>Gets a value indicating whether what answered does not know the secret: it is not the holder any more.</summary>
    public bool IsUnknownThere { get; private set; }

    public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        var request = httpContext.Request;
        var target = ForwardedTarget.Of(httpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, request.Headers[ForwardedTarget.DirectoryHeader].ToString(), locations);
        foreach (var name in _notForTheHolder)
            proxyRequest.Headers.Remove(name);

        proxyRequest.Headers.Add(FrontSecret.Header, holder.Secret);
        proxyRequest.Headers.Add(EdgeMiddleware.RequestIdHeader, httpContext.TraceIdentifier);
        if (target.Directory is not null)
            proxyRequest.Headers.TryAddWithoutValidation(ForwardedTarget.DirectoryHeader, target.Directory);

        // As the client spelled it: what is escaped stays so.
        proxyRequest.RequestUri = new Uri(destinationPrefix + target.PathAndQuery, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
    }

    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
            return await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);

        if (proxyResponse.Headers.Contains(FrontSecret.Header))
        {
            IsUnknownThere = true;
            return false;
        }

        foreach (var name in _saidByTheFront)
            proxyResponse.Headers.Remove(name);

        var goesOn = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        if (proxyResponse.Content.Headers.ContentType?.MediaType == "text/event-stream")
            PassStream(httpContext);
        else if (FrontRoutes.AnswersTurn(httpContext.Request))
            await streams.FlushedAsync(cancellationToken);
        opening?.Dispose();
        return goesOn;
    }

    private void PassStream(HttpContext context)
    {
        // The stream has a deadline of its own.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = null;

        SseResponse.KeepOpenOverHttp10(context);
        var body = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(streams.Pass(body.Stream, context), body));
    }
}
