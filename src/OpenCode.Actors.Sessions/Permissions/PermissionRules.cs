using OpenCode.Actors.Protocol.Permissions;

namespace OpenCode.Actors.Sessions.Permissions;

/// <summary>Decides by rules: the last one that matches wins; without a match the action is allowed.</summary>
internal static class PermissionRules
{
    /// <summary>Decides about one pattern.</summary>
    /// <param name="permission">The permission, such as <c>bash</c>.</param>
    /// <param name="pattern">The pattern of the action, such as a command.</param>
    /// <param name="sets">Sets of rules, weakest first.</param>
    public static PermissionAction Evaluate(string permission, string pattern, params ReadOnlySpan<IReadOnlyList<PermissionRule>> sets)
    {
        for (var s = sets.Length - 1; s >= 0; s--)
        {
            for (var r = sets[s].Count - 1; r >= 0; r--)
            {
                var rule = sets[s][r];
                if (Wildcard.IsMatch(permission, rule.Permission) && Wildcard.IsMatch(pattern, rule.Pattern))
                    return rule.Action;
            }
        }

        return PermissionAction.Allow;
    }

    /// <summary>True if a tool is denied whatever it is called with, so that a model is not offered it.</summary>
    public static bool IsDenied(string permission, params ReadOnlySpan<IReadOnlyList<PermissionRule>> sets)
    {
        for (var s = sets.Length - 1; s >= 0; s--)
        {
            for (var r = sets[s].Count - 1; r >= 0; r--)
            {
                var rule = sets[s][r];
                if (Wildcard.IsMatch(permission, rule.Permission))
                    return rule is { Pattern: "*", Action: PermissionAction.Deny };
            }
        }

        return false;
    }

    /// <summary>True if a model may be offered a tool, and may call it at all.</summary>
    public static bool Offers(string tool, IReadOnlyList<PermissionRule>[] sets) =>
        !IsDenied(PermissionOf(tool), sets)
        && sets.SelectMany(static set => set).LastOrDefault(rule => rule.Permission == tool) is not { Pattern: "*", Action: PermissionAction.Deny };

    /// <summary>Returns the permission that a tool needs.</summary>
    public static string PermissionOf(string tool) => tool is "write" or "edit" or "multiedit" or "patch" or "apply_patch" ? "edit" : tool;
}
