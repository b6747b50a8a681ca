using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Permissions;

namespace OpenCode.Actors.Sessions.Tools;

/// <summary>The location and the rules that select the tools of a model.</summary>
/// <param name="Directory">The location.</param>
/// <param name="Rules">The rules that hold there, weakest first.</param>
internal sealed record ToolScope(string Directory, IReadOnlyList<PermissionRule>[] Rules)
{
    /// <summary>True if the model may be offered the tool, and may call it.</summary>
    public bool Has(string tool) => PermissionRules.Offers(tool, Rules);
}
