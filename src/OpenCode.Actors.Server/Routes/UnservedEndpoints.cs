using OpenCode.Actors.Protocol.Errors;
using OpenCode.Actors.Server.Errors;

namespace OpenCode.Actors.Server.Routes;

/// <summary>Answers requests without an endpoint: 501 for a route of opencode, 404 for all others, also for methods that a route does not have.</summary>
internal static partial class UnservedEndpoints
{
    public static void MapUnserved(this IEndpointRouteBuilder routes) =>
        routes.MapFallback("/{**path}", AnswerAsync).ExcludeFromDescription();

    private static Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        var known = OpenCodeRoutes.Find(request.Path.Value ?? "/");
        if (HttpMethods.IsOptions(request.Method) && known is not null)
        {
            context.Response.Headers.Allow = string.Join(", ", known.Methods);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        var name = $"{request.Method} {request.Path}";
        if (known?.Methods.Contains(request.Method, StringComparer.OrdinalIgnoreCase) == true)
        {
            var logger = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(nameof(UnservedEndpoints));
            LogUnserved(logger, request.Method, known.Path);
            return context.WriteErrorAsync(StatusCodes.Status501NotImplemented, NamedError.NotImplemented($"{request.Method} {known.Path}"));
        }

        return context.WriteErrorAsync(StatusCodes.Status404NotFound, NamedError.NotFound(
                known is null ? $"Route not found: {name}" : $"Route not found: {name}. This path takes {string.Join(", ", known.Methods)}."));
    }

    [LoggerMessage(EventId = 5040, Level = LogLevel.Debug, Message = "Answered 501: {Method} {Route}.")]
    private static partial void LogUnserved(ILogger logger, string method, string route);
}
