using OpenCode.Actors.Server.Bodies;

namespace OpenCode.Actors.Server.Edge;

/// <summary>Takes each body for JSON whatever its content type and encoding say, and each HEAD for a GET whose body is left out.</summary>
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

    /// <summary>Whether the client wants no body.</summary>
    public static bool IsHead(HttpContext context) => context.Features.Get<Head>() is not null;

    private sealed class Head
    {
        public static Head Instance { get; } = new();
    }
}
