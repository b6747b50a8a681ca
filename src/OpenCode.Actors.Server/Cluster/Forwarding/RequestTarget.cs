using System.Runtime.InteropServices;
using System.Text.Json;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Server.Sse;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Region;
using ShardOf = OpenCode.Actors.Sessions.Sharding.Shard;

namespace OpenCode.Actors.Server.Cluster.Forwarding;

/// <summary>Whose request it is: the owner's of one shard, any owner's, or of whoever gets it.</summary>
/// <param name="Shard">The shard of the session it is about; null when any shard will do.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RequestTarget(int? Shard)
{
    /// <summary>The name of the endpoint that makes sessions.</summary>
    public const string NewSession = "session.create";

    /// <summary>Finds it out; null when this node answers by itself.</summary>
    /// <param name="context">A request whose endpoint is chosen. The body of a new session is read, and put back.</param>
    /// <param name="sessions">Knows which session waits for the answer to a permission or question.</param>
    public static async ValueTask<RequestTarget?> FindAsync(HttpContext context, ISessions sessions)
    {
        if (context.GetEndpoint() is not { } endpoint || StreamRoute.Is(context) || endpoint.Metadata.GetMetadata<LocalRead>() is not null)
            return null;
        if (endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName == NewSession)
            return new RequestTarget(await ParentAsync(context.Request) is { } parent ? ShardOf.Of(parent) : null);
        if (SessionId.TryParse(context.GetRouteValue("sessionID") as string, out var session))
            return new RequestTarget(ShardOf.Of(session));
        if (context.GetRouteValue("requestID") is string request
            && await sessions.AskAsync(new SessionsActor.FindAsker(request), context.RequestAborted) is SessionsActor.AskerFound { SessionId: { } asker })
            return new RequestTarget(ShardOf.Of(asker));
        return null;
    }

    // What is no JSON is the endpoint's to refuse.
    private static async Task<SessionId?> ParentAsync(HttpRequest request)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(request.Body, cancellationToken: request.HttpContext.RequestAborted);
            return body.RootElement.ValueKind == JsonValueKind.Object && body.RootElement.TryGetProperty("parentID", out var parent)
                && parent.ValueKind == JsonValueKind.String && SessionId.TryParse(parent.GetString(), out var id) ? id : null;
        }
        catch (JsonException)
        {
            return null;
        }
        finally
        {
            request.Body.Position = 0;
        }
    }
}
