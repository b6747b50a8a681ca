using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using OpenCode.Actors.Protocol.Sse;

namespace OpenCode.Actors.Server.Sse;

/// <summary>The response of an event stream, before its first frame.</summary>
internal static class SseResponse
{
    // The greatest length that JavaScript's numbers hold exactly.
    private const long Endless = 9_007_199_254_740_991;

    private static readonly TimeSpan _comeBack = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _untilSent = TimeSpan.FromMilliseconds(250);

    /// <summary>Sets status and headers. They go out with the first frame, which follows at once.</summary>
    public static void Prepare(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-transform";
        response.Headers["X-Accel-Buffering"] = "no";

        // Kestrel would cut a slow client without a word; the deadline of SseClientActor cuts it, counts it and logs it.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = null;

        KeepOpenOverHttp10(context);
    }

    /// <summary>Makes a cut of the stream visible to the client (rule "No clean end over HTTP/1.0").</summary>
    public static void KeepOpenOverHttp10(HttpContext context)
    {
        if (HttpProtocol.IsHttp10(context.Request.Protocol))
            context.Response.ContentLength = Endless;
    }

    /// <summary>Takes the last id a client has: the header of the standard, else the query, for clients that cannot set headers.</summary>
    public static string? CursorOf(HttpRequest request)
    {
        var header = request.Headers["Last-Event-ID"].ToString();
        if (header.Length > 0 || !request.QueryString.HasValue)
            return header;

        foreach (var candidate in (ReadOnlySpan<string?>)[request.Query["last_event_id"], request.Query["lastEventId"], request.Query["after"]])
        {
            if (!string.IsNullOrEmpty(candidate))
                return candidate;
        }

        return null;
    }

    /// <summary>Makes the client reconnect later (rule "No 5xx on a stream"): sets its retry time, then resets. Native EventSource never reconnects after a status other than 200.</summary>
    public static async Task TurnAwayAsync(HttpContext context, TimeProvider time)
    {
        await context.Response.BodyWriter.WriteAsync(SseFrame.Retry(_comeBack), context.RequestAborted);
        await UntilSentAsync(context, time);
        context.Abort();
    }

    /// <summary>Waits until the client has the flushed data, as far as that can be known: a reset discards data that it has not read.</summary>
    public static Task UntilSentAsync(HttpContext context, TimeProvider time) => Task.Delay(_untilSent, time, context.RequestAborted);
}
