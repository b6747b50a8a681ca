using OpenCode.Actors.Protocol.Json;

namespace OpenCode.Actors.Server.Cluster.Forwarding;

/// <summary>A request whose first try was lost, and that somebody has carried out since: what it was to end is not there any more, and whoever asked for it has what it wanted.</summary>
internal static class DoneOnce
{
    /// <summary>Whether 404 to a repetition of this request means that it was done.</summary>
    public static bool IsShownBy404(HttpContext context) =>
        HttpMethods.IsDelete(context.Request.Method) || context.GetRouteValue("requestID") is not null || context.GetRouteValue("permissionID") is not null;

    /// <summary>Says yes.</summary>
    public static Task AnswerAsync(HttpContext context, CancellationToken cancellationToken) =>
        context.Response.WriteAsJsonAsync(true, ProtocolJson.Wire.Boolean, cancellationToken: cancellationToken);

    /// <summary>Carries out a repetition on this node.</summary>
    public static async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        var client = context.Response.Body;
        using var answer = new MemoryStream(); // these answers are a word or an error
        context.Response.Body = answer;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = client;
        }

        if (context.Response.StatusCode == StatusCodes.Status404NotFound)
        {
            context.Response.Clear();
            await AnswerAsync(context, context.RequestAborted);
            return;
        }

        answer.Position = 0;
        await answer.CopyToAsync(client, context.RequestAborted);
    }
}
