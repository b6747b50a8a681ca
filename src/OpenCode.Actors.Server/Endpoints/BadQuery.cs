using Microsoft.AspNetCore.Http.HttpResults;
using OpenCode.Actors.Protocol.Errors;
using OpenCode.Actors.Protocol.Json;

namespace OpenCode.Actors.Server.Endpoints;

/// <summary>The answer to a query with an invalid value.</summary>
internal static class BadQuery
{
    public static JsonHttpResult<NamedError> Of(string name, string message) => TypedResults.Json(
        NamedError.BadRequest($"{name}: {message}.\n  at [\"{name}\"]", BadRequestKinds.Query), ProtocolJson.Wire.NamedError, statusCode: StatusCodes.Status400BadRequest);
}
