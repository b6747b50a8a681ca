using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using OpenCode.Actors.Server.Answers;
using OpenCode.Actors.Server.Errors;

namespace OpenCode.Actors.Server.Edge;

/// <summary>Checks every request, also of streams and unknown routes: the host name, the origin of the page, the password.</summary>
internal sealed class EdgeMiddleware(RequestDelegate next, HostRule hosts, OriginRule origins, Credentials? credentials)
{
    public const string RequestIdHeader = "x-request-id";

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var answer = context.Response.Headers;
        answer[RequestIdHeader] = context.TraceIdentifier;
        answer.Vary = HeaderNames.Origin;
        answer.XContentTypeOptions = "nosniff";
        if (FrontSecret.IsFromFront(context))
            return next(context); // it has asked its client for all of this, by its own rules

        if (!hosts.Allows(request.Host.Host))
        {
            return context.WriteErrorAsync(
                StatusCodes.Status421MisdirectedRequest, "MisdirectedRequest", $"This server is not '{request.Host.Host}'. If it should be, start it with --allowed-host {request.Host.Host}.");
        }

        var origin = request.Headers.Origin;
        if (StringValues.IsNullOrEmpty(origin))
        {
            if (request.Headers["Sec-Fetch-Site"] == "cross-site")
                return Foreign(context, "another site");
        }
        else if (!origins.Allows(origin.ToString(), request.Host.Value ?? ""))
        {
            return Foreign(context, origin.ToString());
        }
        else
        {
            answer.AccessControlAllowOrigin = origin;
            answer.AccessControlExposeHeaders = "Link, X-Next-Cursor, x-request-id, Retry-After";
            if (HttpMethods.IsOptions(request.Method) && request.Headers.AccessControlRequestMethod.Count > 0)
                return Preflight(context);
        }

        return credentials?.Accept(request.Headers.Authorization, request.Query["auth_token"]) == false ? Unauthorized(context) : next(context);
    }

    private static Task Foreign(HttpContext context, string page) =>
        context.WriteErrorAsync(StatusCodes.Status403Forbidden, "Forbidden", $"Pages of {page} may not use this server. To allow one, start the server with --cors ORIGIN.");

    // The browser asks before it sends credentials, so this is answered without them.
    private static Task Preflight(HttpContext context)
    {
        var answer = context.Response.Headers;
        answer.AccessControlAllowMethods = "GET, HEAD, PUT, PATCH, POST, DELETE";
        answer.AccessControlAllowHeaders = context.Request.Headers.AccessControlRequestHeaders;
        answer.AccessControlMaxAge = "86400";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static Task Unauthorized(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate = "Basic realm=\"Secure Area\"";
        return context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal)
            ? context.Response.WriteAsJsonAsync(new TaggedError("UnauthorizedError", "Authentication required"), ServerJson.Default.TaggedError)
            : Task.CompletedTask;
    }
}
