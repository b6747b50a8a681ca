using System.IO.Compression;
using Microsoft.AspNetCore.Http.Features;
using OpenCode.Actors.Server.Errors;

namespace OpenCode.Actors.Server.Bodies;

/// <summary>Gives endpoints the body of a request as JSON text that they can read, however the client encoded it.</summary>
internal static class RequestBodies
{
    /// <summary>Replaces the body of the request by the decoded one.</summary>
    /// <exception cref="RefusedBodyException">Its encoding is unknown.</exception>
    public static void Decode(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != true)
            return;

        var request = context.Request;
        var encoding = request.Headers.ContentEncoding.ToString();
        if (encoding.Length > 0 && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            var limit = context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize ?? long.MaxValue;
            request.Body = new DecompressedBody(Decoder(encoding, request.Body), encoding, limit);
            request.Headers.ContentEncoding = default;
            request.ContentLength = null;
        }

        request.Body = new WellFormedBody(request.Body);
    }

    private static Stream Decoder(string encoding, Stream body) => encoding.ToLowerInvariant() switch
    {
        "gzip" or "x-gzip" => new GZipStream(body, CompressionMode.Decompress, leaveOpen: true),
        "deflate" => new ZLibStream(body, CompressionMode.Decompress, leaveOpen: true),
        "br" => new BrotliStream(body, CompressionMode.Decompress, leaveOpen: true),
        _ => throw new RefusedBodyException(StatusCodes.Status415UnsupportedMediaType, $"The body has the encoding '{encoding}'; give gzip, deflate, br, or none."),
    };
}
