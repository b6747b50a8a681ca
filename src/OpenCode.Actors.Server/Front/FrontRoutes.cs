namespace OpenCode.Actors.Server.Front;

/// <summary>The properties of routes that a front needs.</summary>
internal static class FrontRoutes
{
    /// <summary>True if the answer comes at the end of a turn (rule "Order barrier").</summary>
    public static bool AnswersTurn(HttpRequest request) => HttpMethods.IsPost(request.Method) && OfSession(request, "message", "shell");

    /// <summary>True for an event stream: its client must get no 5xx.</summary>
    public static bool IsStream(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && (request.Path.Value?.TrimEnd('/') is "/event" or "/global/event" || OfSession(request, "event"));

    /// <summary>True for the route of liveness, which a front answers itself.</summary>
    public static bool AsksIfAlive(HttpRequest request) => ReadsOnly(request) && request.Path.Value?.TrimEnd('/') is "/health/live";

    /// <summary>True for routes of monitoring programs, which must not wait for a holder that does not answer.</summary>
    public static bool IsWatch(HttpRequest request) => ReadsOnly(request) && request.Path.Value?.TrimEnd('/') is "/health/ready" or "/global/health" or "/metrics";

    private static bool ReadsOnly(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    private static bool OfSession(HttpRequest request, params ReadOnlySpan<string> names) =>
        request.Path.Value?.Split('/', StringSplitOptions.RemoveEmptyEntries) is ["session", _, var name] && names.Contains(name);
}
