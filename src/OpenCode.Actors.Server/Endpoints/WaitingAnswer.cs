using System.Text.Json;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Sessions.Reads;

namespace OpenCode.Actors.Server.Endpoints;

/// <summary>The answer of a turn that may last for hours: it begins after a while, and continues with white space, which JSON allows before its value.</summary>
/// <remarks>Node's <c>fetch</c> gives up without headers after 5 minutes, and proxies after one. A refusal that comes later has the status 200; its body says what it is.</remarks>
/// <param name="end">Waits for the <see cref="TurnEnded"/>, or a refusal.</param>
/// <param name="time">The clock.</param>
internal sealed class WaitingAnswer(Func<CancellationToken, Task<object>> end, TimeProvider time) : IResult
{
    /// <summary>The longest silence.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>Gets a value indicating whether the answer is <c>true</c>, and not the message.</summary>
    public bool IsBare { get; init; }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var left = httpContext.RequestAborted;
        var ending = end(left);
        while (!ending.IsCompleted && !await EndsInTimeAsync(ending, left))
        {
            if (!httpContext.Response.HasStarted)
                httpContext.Response.ContentType = "application/json; charset=utf-8";
            await httpContext.Response.Body.WriteAsync(" "u8.ToArray(), left);
            await httpContext.Response.Body.FlushAsync(left);
        }

        await WriteAsync(httpContext, await ending);
    }

    private Task WriteAsync(HttpContext context, object end) => (end, context.Response.HasStarted) switch
    {
        (TurnEnded, false) when IsBare => TypedResults.Ok(true).ExecuteAsync(context),
        (TurnEnded, true) when IsBare => context.Response.Body.WriteAsync("true"u8.ToArray(), context.RequestAborted).AsTask(),
        (TurnEnded ended, false) => TypedResults.Ok<MessageWithParts>(ended.Message).ExecuteAsync(context),
        (TurnEnded ended, true) => JsonSerializer.SerializeAsync(context.Response.Body, ended.Message, ProtocolJson.Wire.MessageWithParts, context.RequestAborted),
        (_, false) => SessionRefusals.Of(end).ExecuteAsync(context),
        (_, true) => JsonSerializer.SerializeAsync(context.Response.Body, SessionRefusals.BodyOf(end), ProtocolJson.Wire.NamedError, context.RequestAborted),
    };

    private async Task<bool> EndsInTimeAsync(Task ending, CancellationToken left)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(left);
        var first = await Task.WhenAny(ending, Task.Delay(Interval, time, ended.Token));
        await ended.CancelAsync(); // else the timer of each turn lives on for a while
        return ReferenceEquals(first, ending);
    }
}
