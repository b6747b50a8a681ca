using OpenCode.Actors.Protocol.Errors;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Server.Cluster.Secrets;
using OpenCode.Actors.Server.Sse;
using OpenCode.Actors.Streams.Subscribers;

namespace OpenCode.Actors.Server.Cluster;

/// <summary>What nodes ask each other.</summary>
internal static class ClusterEndpoints
{
    private static readonly IResult _forNodes = TypedResults.Json(
        new NamedError("Forbidden", new NamedErrorData("This is for the nodes of the cluster among themselves.")), ProtocolJson.Wire.NamedError, statusCode: StatusCodes.Status403Forbidden);

    public static void MapCluster(this IEndpointRouteBuilder routes)
    {
        if (routes.ServiceProvider.GetService<ClusterSettings>() is null)
            return;

        var nodes = routes.MapGroup("").ExcludeFromDescription().AddEndpointFilter(async (call, next) => NodeRequest.Is(call.HttpContext) ? await next(call) : _forNodes);
        nodes.MapPost(OtherNodes.FlushedPath, WaitFlushedAsync);
        nodes.MapPost(OtherNodes.DisposedPath, Dispose);
    }

    private static void Dispose(string location, long offset, IRequiredActor<SubscribersActor> subscribers) =>
        subscribers.ActorRef.Tell(new SubscribersActor.DisposeLocation(location, offset));

    private static async Task WaitFlushedAsync(string location, long offset, HttpContext context, FlushBarrier streams)
    {
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted); // the headers are the sign that this node is there, and waits
        if (!await streams.WaitHereAsync(location, offset, context.RequestAborted))
            context.Abort(); // as if it were gone already: the node that asks gives the clients time to come back elsewhere
    }
}
