using OpenCode.Actors.Protocol.Permissions;

namespace OpenCode.Actors.Sessions.Permissions;

/// <summary>The permission rules that a session has itself.</summary>
internal static class SessionRules
{
    // Every list and event of the session carries them.
    private const int MostCharacters = 32 * 1024;
    private const int OfRule = 64;

    /// <summary>Says that a session would have too many rules; null when it would not.</summary>
    public static string? Mistake(IReadOnlyList<PermissionRule>? rules, IEnumerable<PermissionRule> added) =>
        Add(rules, added).Sum(static rule => OfRule + (long)rule.Permission.Length + rule.Pattern.Length) > MostCharacters
            ? $"The session has rules already, and with these they would have over {MostCharacters} characters, {OfRule} for each rule included. Nothing was changed."
            : null;

    /// <summary>Makes rules of the tools that a prompt switches on and off.</summary>
    public static IEnumerable<PermissionRule> Of(IReadOnlyDictionary<string, bool> tools) =>
        tools.Select(static tool => new PermissionRule(tool.Key, "*", tool.Value ? PermissionAction.Allow : PermissionAction.Deny));

    /// <summary>Adds rules as the strongest ones. An older rule about the same is taken out; all others stay, since a denial among them must (rule "Restrictions fail closed").</summary>
    public static IReadOnlyList<PermissionRule> Add(IReadOnlyList<PermissionRule>? rules, IEnumerable<PermissionRule> added)
    {
        var later = added.ToList();
        return [.. (rules ?? []).Where(rule => !later.Exists(other => (other.Permission, other.Pattern) == (rule.Permission, rule.Pattern))), .. later];
    }
}
