using System.Collections.Frozen;
using Microsoft.AspNetCore.Http.HttpResults;
using OpenCode.Actors.Server.Answers.Providers;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Server.Endpoints.Providers;

/// <summary>The providers and models that a location's sessions may use.</summary>
internal static class ProviderEndpoints
{
    public static void MapProviders(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/config/providers", GetConfigured).WithName("config.providers").WithTags("Providers");
        routes.MapGet("/provider", GetKnown).WithName("provider.list").WithTags("Providers");
    }

    private static Ok<ConfiguredProviders> GetConfigured(Location location, IModelCatalog models, ConfigCatalog configs)
    {
        var providers = ProviderAnswer.All(models.For(location.Path).Providers, ReferencedOf(location, configs));
        return TypedResults.Ok(new ConfiguredProviders(providers, ProviderAnswer.Defaults(providers)));
    }

    private static Ok<KnownProviders> GetKnown(Location location, IModelCatalog models, ConfigCatalog configs)
    {
        var here = models.For(location.Path);
        var connected = ProviderAnswer.All(here.Providers, ReferencedOf(location, configs));
        IReadOnlyList<ProviderAnswer> all = [.. connected, .. ProviderAnswer.All(here.Unconnected, FrozenSet<string>.Empty)];
        return TypedResults.Ok(new KnownProviders(all, ProviderAnswer.Defaults(all), [.. connected.Select(static p => p.Id)]));
    }

    // With files that cannot be used the server's own providers are listed.
    private static IReadOnlySet<string> ReferencedOf(Location location, ConfigCatalog configs)
    {
        try
        {
            return configs.For(location.Path).Values.Referenced;
        }
        catch (ConfigException)
        {
            return configs.Server.Referenced;
        }
    }
}
