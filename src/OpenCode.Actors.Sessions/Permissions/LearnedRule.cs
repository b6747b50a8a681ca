using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Permissions;

namespace OpenCode.Actors.Sessions.Permissions;

/// <summary>A rule that a user allowed with <c>always</c>.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Offset">Its row was written here in the log, or later.</param>
internal sealed record LearnedRule(PermissionRule Rule, long Offset)
{
    /// <summary>True while the rule holds: the dialog says that <c>always</c> ends with a restart, and each start of a server begins a generation (decision 0024). Nodes go on running through one, so it is asked at each use.</summary>
    public bool HoldsIn(Timeline timeline) => Offset > timeline.Beginning;
}
