using Microsoft.AspNetCore.Http.HttpResults;
using OpenCode.Actors.Protocol.Errors;
using OpenCode.Actors.Protocol.Json;

namespace OpenCode.Actors.Server.Endpoints;

/// <summary>The answers to requests that cannot be done.</summary>
internal static class Refusals
{
    public static JsonHttpResult<NamedError> BadBody(string message) => Of(StatusCodes.Status400BadRequest, NamedError.BadRequest(message, BadRequestKinds.Payload));

    public static JsonHttpResult<NamedError> BadQuery(string name, string message) =>
        Of(StatusCodes.Status400BadRequest, NamedError.BadRequest($"{name}: {message}.\n  at [\"{name}\"]", BadRequestKinds.Query));

    public static JsonHttpResult<NamedError> NotFound(string message) => Of(StatusCodes.Status404NotFound, NamedError.NotFound(message));

    public static JsonHttpResult<NamedError> Of(int status, NamedError error) => TypedResults.Json(error, ProtocolJson.Wire.NamedError, statusCode: status);
}
