using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OpenCode.Actors.Server.Config;

/// <summary>Finds keys that this server does not use and whose names suggest a restriction (rule "Restrictions fail closed"). Other unknown keys have no effect, or are options of an agent's model.</summary>
internal static class UnknownKeys
{
    private const string Unheeded = "restricts what may be done, and this server does not heed it. Say it under permission, or take the key out.";

    // What opencode 1.18 knows; what of these restricts is read, or refused below.
    private static readonly FrozenSet<string> _known = FrozenSet.Create(
        StringComparer.Ordinal,
        "$schema", "agent", "attachment", "autoshare", "autoupdate", "command", "compaction", "default_agent", "disabled_providers", "enabled_providers", "enterprise", "experimental", "formatter",
        "instructions", "keybinds", "layout", "logLevel", "lsp", "mcp", "mode", "model", "permission", "plugin", "provider", "reference", "references", "server", "share", "shell", "skills",
        "small_model", "snapshot", "subagent_depth", "theme", "tool_output", "tools", "tui", "username", "watcher");

    private static readonly FrozenSet<string> _ofAgent = FrozenSet.Create(
        StringComparer.Ordinal,
        "color", "description", "disable", "hidden", "maxSteps", "mode", "model", "options", "permission", "prompt", "steps", "temperature", "tools", "top_p", "variant");

    private static readonly FrozenSet<string> _ofCommand = FrozenSet.Create(StringComparer.Ordinal, "agent", "description", "model", "subtask", "template", "variant");

    private static readonly FrozenSet<string> _ofMcp = FrozenSet.Create(StringComparer.Ordinal, "command", "cwd", "enabled", "environment", "headers", "oauth", "timeout", "type", "url");

    private static readonly FrozenSet<string> _restricting = FrozenSet.Create(
        StringComparer.Ordinal,
        "allow", "allowed", "allowlist", "allows", "allowedcommands", "allowedtools", "approval", "approvalmode", "approvalpolicy", "ask", "blacklist", "block", "blocked", "blockedtools", "blocklist",
        "confirm", "denied", "deniedtools", "denies", "deny", "denylist", "disabled", "disabledtools", "disabletools", "disallowed", "disallowedtools", "doomloop", "enabledtools", "excludedtools",
        "excludetools", "externaldirectory", "forbid", "forbidden", "permissionmode", "permissions", "permission", "policies", "policy", "primarytools", "readonly", "restrict", "restricted",
        "restrictions", "rules", "sandbox", "sandboxed", "sandboxmode", "tool", "toolpermissions", "tools", "whitelist");

    /// <summary>Whether opencode knows a key at the top of a configuration.</summary>
    public static bool IsKnown(string key) => _known.Contains(key);

    /// <summary>Notes them.</summary>
    public static void Find(JsonObject layer, string source, ICollection<ConfigMistake> mistakes)
    {
        foreach (var (key, value) in layer)
        {
            if (!IsKnown(key))
                Search(key, key, value, deep: true);
        }

        foreach (var section in (string[])["agent", "mode"])
            FindIn(section, _ofAgent);
        FindIn("command", _ofCommand);
        FindIn("mcp", _ofMcp);
        foreach (var (key, value) in layer["experimental"] as JsonObject ?? [])
            Search($"experimental.{key}", key, value, deep: false);

        void FindIn(string section, FrozenSet<string> known)
        {
            foreach (var (name, value) in layer[section] as JsonObject ?? [])
            {
                foreach (var (key, option) in (value as JsonObject ?? []).Where(pair => !known.Contains(pair.Key)))
                    Search($"{section}.{name}.{key}", key, option, deep: false);
            }
        }

        void Search(string full, string key, JsonNode? value, bool deep)
        {
            if (_restricting.Contains(Plain(key)) || IsAction(value))
                mistakes.Add(new ConfigMistake(source, full, Unheeded));
            else if (deep && value is JsonObject section)
            {
                foreach (var (inner, node) in section)
                    Search($"{full}.{inner}", inner, node, deep);
            }
        }
    }

    private static string Plain(string key) => key.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();

    private static bool IsAction(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String && value.GetValue<string>() is "allow" or "ask" or "deny";
}
