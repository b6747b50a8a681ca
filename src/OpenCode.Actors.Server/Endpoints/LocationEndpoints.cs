using System.Text.Json;
using Akka.Actor;
using Akka.Hosting;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Server.Publishing;
using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.Server.Endpoints;

/// <summary>Ends a location.</summary>
internal static class LocationEndpoints
{
    public static void MapLocations(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/instance/dispose", DisposeAsync).WithName("instance.dispose").WithTags("Locations").Produces<bool>();
    }

    // The streams of the location end cleanly after the event, as in opencode, and clients make new ones. Sessions and their runs go on: they belong to no stream.
    private static async Task<IResult> DisposeAsync(
        Location location, ProjectCatalog projects, EventPublisher events, IRequiredActor<OrderBarrier> streams, CancellationToken cancellationToken)
    {
        var properties = JsonSerializer.SerializeToUtf8Bytes(new InstanceDisposed(location.Path), ProtocolJson.Wire.InstanceDisposed);
        var (offset, refusal) = await events.PublishAsync(EventTypes.InstanceDisposed, await projects.PlaceOfAsync(location), properties, cancellationToken);
        if (refusal is null)
            streams.ActorRef.Tell(new StreamHubActor.DisposeLocation(location.Path, offset));

        return Answer(refusal);
    }

    private static IResult Answer(object? refusal) => refusal is null ? TypedResults.Ok(true) : SessionRefusals.Of(refusal);
}
