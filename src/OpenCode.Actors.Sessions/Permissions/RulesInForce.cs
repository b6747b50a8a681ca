using OpenCode.Actors.Protocol.Permissions;

namespace OpenCode.Actors.Sessions.Permissions;

/// <summary>All rules that decide about the calls of a session at one moment.</summary>
/// <param name="Rules">The rules of configuration, agent and session, weakest first.</param>
/// <param name="Learned">Rules that users allowed with <c>always</c>: they answer requests, and lift no denial.</param>
internal sealed record RulesInForce(IReadOnlyList<PermissionRule>[] Rules, IReadOnlyList<PermissionRule>[] Learned)
{
    /// <summary>Gets no rules, which allow everything.</summary>
    public static RulesInForce None { get; } = new([], []);

    private IReadOnlyList<PermissionRule>[] All => [.. Rules, .. Learned];

    /// <summary>Decides about what a call needs.</summary>
    public PermissionAction Evaluate(ToolPermission permission)
    {
        var action = permission.Evaluate(Rules);
        return action == PermissionAction.Ask ? permission.Evaluate(All) : action;
    }

    /// <summary>Returns the patterns that an answer <c>always</c> adds.</summary>
    public IReadOnlyList<string> AlwaysBeyond(ToolPermission permission) => permission.AlwaysBeyond(All);
}
