using System.Text.Json;
using System.Text.Json.Nodes;
using OpenCode.Actors.Protocol.Permissions;

namespace OpenCode.Actors.Server.Config;

/// <summary>Reads <c>permission</c>: one action for all, or an object of permissions, each an action or an object of patterns with actions.</summary>
internal static class PermissionSchema
{
    private const string Key = "permission";
    private const string Everything = "*";

    /// <summary>Reads the rules of a section: the configuration itself, or an agent.</summary>
    public static IReadOnlyList<PermissionRule> Read(ConfigSection owner)
    {
        if (!owner.Keys.Contains(Key, StringComparer.Ordinal))
            return [];

        if (owner[Key] is not JsonObject)
            return Action(owner, Key) is { } all ? [new PermissionRule(Everything, Everything, all)] : [];

        var permissions = owner.Section(Key)!;
        var rules = new List<PermissionRule>();
        foreach (var permission in permissions.Keys)
        {
            if (permissions[permission] is not JsonObject || permission is "doom_loop" or "question" or "todowrite" or "webfetch" or "websearch") // as in opencode, these have no patterns
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

    /// <summary>Checks <c>tools</c>, which become rules when the layers are merged.</summary>
    public static void CheckTools(ConfigSection owner)
    {
        var tools = owner.Section("tools");
        foreach (var tool in tools?.Keys ?? [])
        {
            if (tools![tool]?.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False))
                tools.Wrong(tool, "give true or false.");
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
