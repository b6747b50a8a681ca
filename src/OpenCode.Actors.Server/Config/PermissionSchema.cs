using System.Text.Json.Nodes;
using OpenCode.Actors.Protocol.Permissions;

namespace OpenCode.Actors.Server.Config;

/// <summary>Reads <c>permission</c>: one action for all, or an object of permissions, each an action or an object of patterns with actions.</summary>
internal static class PermissionSchema
{
    private const string Everything = "*";

    public static IReadOnlyList<PermissionRule> Read(ConfigSection root)
    {
        switch (root["permission"])
        {
            case null:
                return [];
            case JsonValue:
                return Action(root, "permission") is { } all ? [new PermissionRule(Everything, Everything, all)] : [];
        }

        if (root.Section("permission") is not { } permissions)
            return [];

        var rules = new List<PermissionRule>();
        foreach (var permission in permissions.Keys)
        {
            if (permissions[permission] is not JsonObject)
            {
                Add(permissions, permission, permission, Everything);
            }
            else if (permissions.Section(permission) is { } patterns)
            {
                foreach (var pattern in patterns.Keys)
                    Add(patterns, pattern, permission, pattern);
            }
        }

        return rules;

        void Add(ConfigSection section, string key, string permission, string pattern)
        {
            if (Action(section, key) is { } action)
                rules.Add(new PermissionRule(permission, pattern, action));
        }
    }

    private static PermissionAction? Action(ConfigSection section, string key)
    {
        switch (section[key] is JsonValue value && value.TryGetValue(out string? action) ? action : null)
        {
            case "allow":
                return PermissionAction.Allow;
            case "ask":
                return PermissionAction.Ask;
            case "deny":
                return PermissionAction.Deny;
            default:
                section.Wrong(key, "give \"allow\", \"ask\" or \"deny\".");
                return null;
        }
    }
}
