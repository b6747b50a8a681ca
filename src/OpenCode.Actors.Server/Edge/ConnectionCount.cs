using Microsoft.AspNetCore.Connections;
using OpenCode.Actors.Protocol.Errors;
using OpenCode.Actors.Server.Errors;

namespace OpenCode.Actors.Server.Edge;

/// <summary>Counts open connections and marks those beyond the limit, so that their requests get an answer instead of a closed connection.</summary>
internal sealed class ConnectionCount(int most)
{
    /// <summary>How many connections beyond the limit stay open for their refusal. Further ones are closed without an answer.</summary>
    public const int ToBeRefused = 256;

    private static readonly TimeSpan _comeBack = TimeSpan.FromSeconds(5);
    private int _open;

    /// <summary>Part of Kestrel's pipeline of a connection.</summary>
    public async Task CountAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        try
        {
            var open = Interlocked.Increment(ref _open);
            if (open > most + ToBeRefused)
            {
                connection.Abort(new ConnectionAbortedException($"{open} connections are open."));
                return;
            }

            if (open > most)
                connection.Features.Set(TooMany.Instance);

            await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    /// <summary>True if this request came over a connection beyond the limit.</summary>
    public static bool IsOneTooMany(HttpContext context) =>
        context.Features.Get<TooMany>() is not null;

    /// <summary>Part of the pipeline of a request. Streams are not refused here (rule "No 5xx on a stream").</summary>
    public static Task RefuseAsync(HttpContext context)
    {
        context.Response.Headers.Connection = "close";
        return context.WriteRetryLaterAsync(_comeBack, new NamedError("TooManyConnections", new NamedErrorData("server.limits.connections are open. Try again in a few seconds.")));
    }

    // A feature, since a connection's items are a dictionary that each connection would keep.
    private sealed class TooMany
    {
        public static TooMany Instance { get; } = new();
    }
}
