using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Permissions;

namespace OpenCode.Actors.Sessions.Tools;

/// <summary>To whom tools are offered.</summary>
/// <param name="Directory">The location.</param>
/// <param name="Rules">The rules that hold there, weakest first.</param>
internal sealed record ToolOffer(string Directory, IReadOnlyList<PermissionRule>[] Rules)
{
    /// <summary>Tells whether a model may be offered a tool, and may call it at all.</summary>
    public bool Has(string tool) => PermissionRules.Offers(tool, Rules);
}
