using System.Text.Json.Nodes;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Server.Cluster;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Server.Endpoints;

/// <summary>Changes the configuration of a location in memory: on this server, or on all nodes of a cluster.</summary>
/// <param name="configs">The configuration.</param>
/// <param name="shared">What all nodes have; null where there is one.</param>
internal sealed class ConfigPatching(ConfigCatalog configs, SharedPatches? shared = null)
{
    /// <summary>Makes a change.</summary>
    /// <returns>What holds now, or the answer that refuses it.</returns>
    /// <exception cref="ConfigException">The change has mistakes; nothing was changed.</exception>
    public async Task<(EffectiveConfig? Changed, IResult? Refusal)> PatchAsync(Location location, JsonObject change, CancellationToken cancellationToken)
    {
        try
        {
            return (shared is null ? configs.Patch(location.Path, change) : await shared.PatchAsync(location.Path, change, cancellationToken), null);
        }
        catch (ArbiterAwayException e)
        {
            return (null, SessionRefusals.Of(new Unavailable($"{e.Message} Whether the configuration was changed is unknown.", TimeSpan.FromSeconds(1))));
        }
    }
}
