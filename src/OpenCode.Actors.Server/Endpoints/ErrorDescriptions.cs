using OpenCode.Actors.Protocol.Errors;

namespace OpenCode.Actors.Server.Endpoints;

/// <summary>Adds the errors that every route of a group may answer to the API description.</summary>
internal static class ErrorDescriptions
{
    public static RouteGroupBuilder WithErrors(this RouteGroupBuilder group) => group.WithMetadata(
        new ProducesResponseTypeMetadata(StatusCodes.Status400BadRequest, typeof(NamedError), ["application/json"]),
        new ProducesResponseTypeMetadata(StatusCodes.Status404NotFound, typeof(NamedError), ["application/json"]),
        new ProducesResponseTypeMetadata(StatusCodes.Status503ServiceUnavailable, typeof(NamedError), ["application/json"]),
        new ProducesResponseTypeMetadata(StatusCodes.Status507InsufficientStorage, typeof(NamedError), ["application/json"]));
}
