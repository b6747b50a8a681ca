using System.Text.Json;
using OpenCode.Actors.Protocol.Permissions;

namespace OpenCode.Actors.Sessions.Permissions;

/// <summary>Decides by rules: the last one that fits wins; what matches no rule is allowed.</summary>
internal static class PermissionRules
{
    /// <summary>Decides about one pattern.</summary>
    /// <param name="permission">The permission, such as <c>bash</c>.</param>
    /// <param name="pattern">What it is wanted for, such as a command.</param>
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

    /// <summary>Tells whether a tool is denied whatever it is called with, so that a model is not offered it.</summary>
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

    /// <summary>Tells whether a model may be offered a tool, and may call it at all.</summary>
    public static bool Offers(string tool, IReadOnlyList<PermissionRule>[] sets) =>
        !IsDenied(PermissionOf(tool), sets)
        && sets.SelectMany(static set => set).LastOrDefault(rule => rule.Permission == tool) is not { Pattern: "*", Action: PermissionAction.Deny };

    /// <summary>Reads the <c>permission</c> of an <c>opencode.json</c>: an action for everything, or by permission an action or actions by pattern.</summary>
    /// <param name="config">Such as <c>"ask"</c>, <c>{"bash":"ask"}</c> or <c>{"bash":{"rm *":"deny","*":"ask"}}</c>. The order of keys is that of the rules.</param>
    /// <returns>The rules in order.</returns>
    /// <exception cref="FormatException">It is something else; the message names the key.</exception>
    public static IReadOnlyList<PermissionRule> Parse(JsonElement config)
    {
        if (config.ValueKind == JsonValueKind.String)
            return [new PermissionRule("*", "*", Action(config, "permission"))];
        if (config.ValueKind != JsonValueKind.Object)
            throw new FormatException("permission: give ask, allow or deny, or an object of those by permission.");

        var rules = new List<PermissionRule>();
        foreach (var permission in config.EnumerateObject())
        {
            if (permission.Value.ValueKind != JsonValueKind.Object)
            {
                rules.Add(new PermissionRule(permission.Name, "*", Action(permission.Value, $"permission.{permission.Name}")));
                continue;
            }

            foreach (var pattern in permission.Value.EnumerateObject())
                rules.Add(new PermissionRule(permission.Name, pattern.Name, Action(pattern.Value, $"permission.{permission.Name}.{pattern.Name}")));
        }

        return rules;
    }

    private static string PermissionOf(string tool) => tool is "write" or "edit" or "multiedit" or "patch" or "apply_patch" ? "edit" : tool;

    private static PermissionAction Action(JsonElement value, string key) => (value.ValueKind == JsonValueKind.String ? value.GetString() : null) switch
    {
        "ask" => PermissionAction.Ask,
        "allow" => PermissionAction.Allow,
        "deny" => PermissionAction.Deny,
        _ => throw new FormatException($"{key}: give ask, allow or deny."),
    };
}
