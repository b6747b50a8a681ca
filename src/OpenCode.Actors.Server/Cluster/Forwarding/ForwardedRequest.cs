using System.Collections.Frozen;
using System.Net;
using Microsoft.Net.Http.Headers;
using OpenCode.Actors.Server.Edge;

namespace OpenCode.Actors.Server.Cluster.Forwarding;

/// <summary>Copies a client's request for another node, and that node's answer for the client, but for what belongs to one connection.</summary>
internal static class ForwardedRequest
{
    private static readonly FrozenSet<string> _notSentOn = FrozenSet.ToFrozenSet(
    [
        HeaderNames.Connection, HeaderNames.KeepAlive, HeaderNames.ProxyAuthenticate, HeaderNames.ProxyAuthorization, HeaderNames.ProxyConnection, HeaderNames.TE, HeaderNames.Trailer,
        HeaderNames.TransferEncoding, HeaderNames.Upgrade, HeaderNames.Expect,

        // The secret of the cluster speaks for the request; the client's own stays here.
        HeaderNames.Authorization, HeaderNames.Cookie,
    ], StringComparer.OrdinalIgnoreCase);

    // Of this node, or made by the edge of this node already.
    private static readonly FrozenSet<string> _notSentBack = FrozenSet.ToFrozenSet(
        [.. _notSentOn, HeaderNames.Date, HeaderNames.Server, HeaderNames.Vary, HeaderNames.XContentTypeOptions, EdgeMiddleware.RequestIdHeader], StringComparer.OrdinalIgnoreCase);

    /// <summary>Makes the request.</summary>
    /// <param name="request">The client's. Its body can be read again.</param>
    /// <param name="node">The address of the node.</param>
    public static HttpRequestMessage To(HttpRequest request, Uri node)
    {
        var copy = new HttpRequestMessage(new HttpMethod(request.Method), new Uri(node, $"{request.Path.ToUriComponent()}{request.QueryString}"));
        if (request.ContentLength is not 0 && HasBody(request))
            copy.Content = new BodyAgain(request);
        foreach (var (name, values) in request.Headers)
        {
            if (_notSentOn.Contains(name) || name.StartsWith(':'))
                continue;
            if (!copy.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
                copy.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }

        copy.Headers.Host = request.Host.Value; // links in answers are the client's to follow
        copy.Headers.Remove(EdgeMiddleware.RequestIdHeader);
        copy.Headers.TryAddWithoutValidation(EdgeMiddleware.RequestIdHeader, request.HttpContext.TraceIdentifier);
        return copy;
    }

    /// <summary>Gives the answer to the client, as it comes.</summary>
    public static async Task AnswerAsync(HttpContext context, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
        {
            if (!_notSentBack.Contains(name))
                context.Response.Headers[name] = values.ToArray();
        }

        if (BodyMiddleware.IsHead(context))
            return;

        var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        await body.CopyToAsync(context.Response.Body, cancellationToken);
    }

    private static bool HasBody(HttpRequest request) =>
        request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0;

    // Read from its beginning each time it is sent, and left open: it may have to be sent again.
    private sealed class BodyAgain(HttpRequest request) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            request.Body.Position = 0;
            await request.Body.CopyToAsync(stream, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = request.ContentLength ?? 0;
            return request.ContentLength is not null;
        }
    }
}
