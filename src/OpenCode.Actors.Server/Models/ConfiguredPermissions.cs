using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Sessions.Permissions;

namespace OpenCode.Actors.Server.Models;

/// <summary>The permission rules of a location's configuration.</summary>
/// <remarks>A file that was broken meanwhile must not open doors: then everything is asked.</remarks>
internal sealed class ConfiguredPermissions(ConfigCatalog configs) : IPermissionConfig
{
    private static readonly PermissionRule[] _askEverything = [new("*", "*", PermissionAction.Ask)];

    public IReadOnlyList<PermissionRule> RulesFor(string directory)
    {
        try
        {
            return configs.For(directory).Values.Permission;
        }
        catch (ConfigException)
        {
            return _askEverything;
        }
    }
}
