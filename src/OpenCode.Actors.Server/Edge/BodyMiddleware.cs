using OpenCode.Actors.Server.Bodies;

namespace OpenCode.Actors.Server.Edge;

/// <summary>Treats each body as JSON, whatever its content type, and each HEAD as a GET without the body of the answer.</summary>
/// <remarks>The real server asks for no content type, and clients send none or a wrong one. Kestrel leaves the body out by itself.</remarks>
internal sealed class BodyMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        request.ContentType = "application/json";
        RequestBodies.Decode(context);
        if (HttpMethods.IsHead(request.Method))
        {
            context.Features.Set(Head.Instance);
            request.Method = HttpMethods.Get;
        }

        return next(context);
    }

    /// <summary>True if the answer must have no body.</summary>
    public static bool IsHead(HttpContext context) => context.Features.Get<Head>() is not null;

    private sealed class Head
    {
        public static Head Instance { get; } = new();
    }
}
