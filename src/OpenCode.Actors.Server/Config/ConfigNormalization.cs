using System.Text.Json;
using System.Text.Json.Nodes;

namespace OpenCode.Actors.Server.Config;

/// <summary>Normalizes the older and shorter forms of rules, so that layers are merged rule by rule and none is lost.</summary>
internal static class ConfigNormalization
{
    private const string Permission = "permission";
    private const string Tools = "tools";
    private const string Agent = "agent";
    private const string Mode = "mode";

    /// <summary>Changes one layer: an action for everything becomes <c>{"*": action}</c>, and the <c>tools</c> of agents and modes become rules below their own.</summary>
    public static void Normalise(JsonObject layer)
    {
        Widen(layer);
        foreach (var section in new[] { Agent, Mode })
        {
            foreach (var agent in (layer[section] as JsonObject)?.Select(static pair => pair.Value).OfType<JsonObject>() ?? [])
            {
                Widen(agent);
                FoldTools(agent);
            }
        }
    }

    /// <summary>Changes the merged layers: <c>tools</c> become rules below all of <c>permission</c>, and modes are agents too.</summary>
    public static void Finish(JsonObject merged)
    {
        FoldTools(merged);
        if (merged[Mode] is not JsonObject modes)
            return;

        var agents = merged[Agent] as JsonObject ?? [];
        foreach (var (name, mode) in modes)
        {
            if (mode is JsonObject given)
            {
                var primary = (JsonObject)given.DeepClone();
                primary[Mode] = "primary";
                agents[name] = ConfigMerge.Over(agents[name] as JsonObject ?? [], primary);
            }
        }

        merged[Agent] = agents.Parent is null ? agents : agents.DeepClone();
    }

    private static void Widen(JsonObject section)
    {
        if (section[Permission] is JsonValue action)
            section[Permission] = new JsonObject { ["*"] = action.DeepClone() };
    }

    private static void FoldTools(JsonObject section)
    {
        if (section[Tools] is not JsonObject tools)
            return;

        var rules = new JsonObject();
        foreach (var (tool, value) in tools)
        {
            if (value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False)
                rules[tool is "write" or "edit" or "patch" ? "edit" : tool] = value.GetValueKind() == JsonValueKind.True ? "allow" : "deny";
        }

        section.Remove(Tools);
        section[Permission] = ConfigMerge.Over(rules, section[Permission] as JsonObject ?? []);
    }
}
