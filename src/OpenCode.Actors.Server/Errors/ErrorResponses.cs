using System.Globalization;
using OpenCode.Actors.Protocol.Errors;
using OpenCode.Actors.Protocol.Json;

namespace OpenCode.Actors.Server.Errors;

/// <summary>Writes an error as the whole answer.</summary>
internal static class ErrorResponses
{
    public static Task WriteErrorAsync(this HttpContext context, int status, NamedError error)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(error, ProtocolJson.Wire.NamedError);
    }

    public static Task WriteErrorAsync(this HttpContext context, int status, string name, string message) =>
        context.WriteErrorAsync(status, new NamedError(name, new NamedErrorData(message)));

    /// <summary>Answers 503 with <c>Retry-After</c>, in whole seconds and one at least.</summary>
    public static Task WriteRetryLaterAsync(this HttpContext context, TimeSpan wait, NamedError error)
    {
        context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return context.WriteErrorAsync(StatusCodes.Status503ServiceUnavailable, error);
    }
}
