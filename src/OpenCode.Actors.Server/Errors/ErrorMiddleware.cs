using System.Text.Json;
using OpenCode.Actors.Protocol.Errors;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Locations;

namespace OpenCode.Actors.Server.Errors;

/// <summary>Turns exceptions into answers with a body: 4xx for mistakes of the client, 500 for faults of the server.</summary>
internal sealed partial class ErrorMiddleware(RequestDelegate next, ILogger<ErrorMiddleware> logger)
{
    private static readonly NamedError _tooLarge = new("PayloadTooLarge", new NamedErrorData("The body is larger than server.limits.body_bytes allows."));

    public async Task InvokeAsync(HttpContext context)
    {
        using var scope = logger.BeginScope(new RequestScope(context.Request.Path, context.TraceIdentifier));
        try
        {
            await next(context);
        }
        catch (Exception e) when (context.RequestAborted.IsCancellationRequested)
        {
            LogGone(logger, context.Request.Method, context.Request.Path, e.Message); // The client is gone: no answer would arrive.
        }
        catch (Exception e)
        {
            await AnswerAsync(context, e);
        }
    }

    private Task AnswerAsync(HttpContext context, Exception error)
    {
        if (context.Response.HasStarted)
        {
            LogCut(logger, error, context.Request.Method, context.Request.Path);
            context.Abort();
            return Task.CompletedTask;
        }

        switch (error)
        {
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return RefuseAsync(context, StatusCodes.Status413PayloadTooLarge, _tooLarge);
            case BadHttpRequestException { InnerException: JsonException json } bad:
                return RefuseAsync(context, bad.StatusCode, NamedError.BadRequest(JsonMistake.Describe(json), BadRequestKinds.Payload));
            case BadHttpRequestException bad:
                return RefuseAsync(context, bad.StatusCode, RequestMistake.Describe(bad.Message));
            case RefusedBodyException { Status: StatusCodes.Status413PayloadTooLarge } body:
                return RefuseAsync(context, body.Status, new NamedError(_tooLarge.Name, new NamedErrorData(body.Message)));
            case RefusedBodyException body:
                return RefuseAsync(context, body.Status, NamedError.BadRequest(body.Message, BadRequestKinds.Payload));
            case LocationException location:
                return RefuseAsync(context, StatusCodes.Status400BadRequest, NamedError.BadRequest(location.Message, BadRequestKinds.Query));
            case ConfigException config:
                return RefuseAsync(context, StatusCodes.Status400BadRequest, NamedError.BadRequest(config.Message, BadRequestKinds.Payload));
            default:
                LogUnforeseen(logger, error, context.Request.Method, context.Request.Path, context.TraceIdentifier);
                return context.WriteErrorAsync(StatusCodes.Status500InternalServerError, NamedError.Unknown(context.TraceIdentifier));
        }
    }

    private Task RefuseAsync(HttpContext context, int status, NamedError error)
    {
        LogRefused(logger, context.Request.Method, context.Request.Path, status, error.Data.Message);
        return context.WriteErrorAsync(status, error);
    }

    [LoggerMessage(EventId = 5001, Level = LogLevel.Debug, Message = "{Method} {Path}: the client left ({Reason}).")]
    private static partial void LogGone(ILogger logger, string method, PathString path, string reason);

    [LoggerMessage(EventId = 5002, Level = LogLevel.Warning, Message = "{Method} {Path} failed after its answer had begun; the connection is cut.")]
    private static partial void LogCut(ILogger logger, Exception error, string method, PathString path);

    [LoggerMessage(EventId = 5003, Level = LogLevel.Debug, Message = "{Method} {Path} refused with {Status}: {Reason}")]
    private static partial void LogRefused(ILogger logger, string method, PathString path, int status, string reason);

    [LoggerMessage(EventId = 5004, Level = LogLevel.Error, Message = "{Method} {Path} failed unexpectedly ({RequestId}).")]
    private static partial void LogUnforeseen(ILogger logger, Exception error, string method, PathString path, string requestId);
}
