namespace OpenCode.Actors.Server.Front;

/// <summary>What a front has to know of the routes that it passes on.</summary>
internal static class FrontRoutes
{
    /// <summary>Whether the answer comes at the end of a turn (rule "Order barrier").</summary>
    public static bool AnswersTurn(HttpRequest request) => HttpMethods.IsPost(request.Method) && OfSession(request, "message", "shell");

    /// <summary>Whether this is an event stream: its client must get no 5xx.</summary>
    public static bool IsStream(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && (request.Path.Value?.TrimEnd('/') is "/event" or "/global/event" || OfSession(request, "event"));

    /// <summary>Whether this asks if the server is alive: that of the front is its own.</summary>
    public static bool AsksIfAlive(HttpRequest request) => ReadsOnly(request) && request.Path.Value?.TrimEnd('/') is "/health/live";

    /// <summary>Whether this is asked by a program that watches servers, and must not wait for a holder that does not answer.</summary>
    public static bool IsWatch(HttpRequest request) => ReadsOnly(request) && request.Path.Value?.TrimEnd('/') is "/health/ready" or "/global/health" or "/metrics";

    private static bool ReadsOnly(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    private static bool OfSession(HttpRequest request, params ReadOnlySpan<string> names) =>
        request.Path.Value?.Split('/', StringSplitOptions.RemoveEmptyEntries) is ["session", _, var name] && names.Contains(name);
}
