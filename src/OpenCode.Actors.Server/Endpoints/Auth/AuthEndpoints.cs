using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using OpenCode.Actors.Models.Providers;
using OpenCode.Actors.Protocol.Errors;
using OpenCode.Actors.Server.Bodies;
using OpenCode.Actors.Server.Config;

namespace OpenCode.Actors.Server.Endpoints.Auth;

/// <summary>The keys of providers. They are stored and used, and never shown.</summary>
internal static class AuthEndpoints
{
    private const int LongestName = 128;
    private const int LongestKey = 16_384; // All headers of a request have 32 KiB at many servers.

    public static void MapAuth(this IEndpointRouteBuilder routes)
    {
        var auth = routes.MapGroup("/auth").WithTags("Providers").WithErrors();
        auth.MapPut("/{providerID}", Set).WithName("auth.set").Produces<bool>();
        auth.MapDelete("/{providerID}", Remove).WithName("auth.remove").Produces<bool>();
    }

    private static IResult Set(string providerID, Body<JsonElement> body, IServiceProvider services)
    {
        if (services.GetService<IProviderKeys>() is not { } keys)
            return NotHere("PUT /auth/{providerID} in a cluster (write keys into the configuration of the nodes)");
        if (providerID.Length > LongestName)
            return Refusals.BadBody($"The id of a provider has at most {LongestName} characters\n  at [\"providerID\"]");
        var request = body.Value;
        if (request.ValueKind != JsonValueKind.Object || !request.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String)
            return Refusals.BadBody("Give api\n  at [\"type\"]");

        switch (type.GetString())
        {
            case "api" when request.TryGetProperty("key", out var key) && key.ValueKind == JsonValueKind.String && key.GetString()!.Trim() is { Length: > 0 and <= LongestKey } text && HeaderText.Is(text):
                keys.Set(providerID, text);
                return TypedResults.Ok(true);
            case "api":
                return Refusals.BadBody($"Give the key, a string of at most {LongestKey} printable ASCII characters\n  at [\"key\"]");
            case "oauth" or "wellknown":
                return NotHere($"PUT /auth/{{providerID}} of type {type.GetString()}");
            default:
                return Refusals.BadBody("Give api\n  at [\"type\"]");
        }
    }

    private static IResult Remove(string providerID, IServiceProvider services)
    {
        if (services.GetService<IProviderKeys>() is not { } keys)
            return NotHere("DELETE /auth/{providerID} in a cluster");

        keys.Remove(providerID);
        return TypedResults.Ok(true);
    }

    private static JsonHttpResult<NamedError> NotHere(string what) => Refusals.Of(StatusCodes.Status501NotImplemented, NamedError.NotImplemented(what));
}
