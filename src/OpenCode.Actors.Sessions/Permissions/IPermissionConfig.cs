using OpenCode.Actors.Protocol.Permissions;

namespace OpenCode.Actors.Sessions.Permissions;

/// <summary>What the configuration says about permissions. Asked at each decision, so that a changed configuration holds for the next tool call.</summary>
internal interface IPermissionConfig
{
    /// <summary>Gives the rules for a location, weakest first. Must not block: what is read from files is read before.</summary>
    IReadOnlyList<PermissionRule> RulesFor(string directory);
}

/// <summary>A configuration that says nothing.</summary>
internal sealed class NoPermissionConfig : IPermissionConfig
{
    /// <inheritdoc/>
    public IReadOnlyList<PermissionRule> RulesFor(string directory) => [];
}
