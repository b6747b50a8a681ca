using System.Text.Json.Nodes;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Agents;

namespace OpenCode.Actors.Server.Config;

/// <summary>An agent in <c>GET /config</c>: its configured keys alone.</summary>
internal static class AgentView
{
    /// <summary>Shows an agent.</summary>
    /// <param name="agent">What is said of it.</param>
    /// <param name="referenced">The texts that no client sees.</param>
    public static JsonObject Of(AgentConfig agent, IReadOnlySet<string> referenced)
    {
        var view = new JsonObject();
        Add(view, "model", agent.Model?.ToString());
        Add(view, "variant", agent.Variant);
        Add(view, "temperature", agent.Temperature);
        Add(view, "top_p", agent.TopP);
        Add(view, "prompt", agent.Prompt is { } prompt && referenced.Contains(prompt) ? null : agent.Prompt);
        Add(view, "disable", agent.IsDisabled ? true : (bool?)null);
        Add(view, "description", agent.Description);
        Add(view, "mode", agent.Mode switch
        {
            AgentMode.Primary => "primary",
            AgentMode.Subagent => "subagent",
            AgentMode.All => "all",
            _ => null,
        });
        Add(view, "hidden", agent.Hidden);
        Add(view, "color", agent.Color);
        Add(view, "steps", agent.Steps);
        view["options"] = new JsonObject(PublicOptions.Of(agent.Options, referenced).Select(static option => KeyValuePair.Create(option.Key, JsonNode.Parse(option.Value.GetRawText()))));
        view["permission"] = Rules(agent.Permission);
        return view;
    }

    /// <summary>Shows rules: their actions by permission and pattern.</summary>
    public static JsonObject Rules(IEnumerable<PermissionRule> rules)
    {
        var view = new JsonObject();
        foreach (var rule in rules)
        {
            if (view[rule.Permission] is not JsonObject patterns)
                view[rule.Permission] = patterns = [];
            patterns[rule.Pattern] = Action(rule.Action);
        }

        return view;
    }

    /// <summary>Adds the keys that are set.</summary>
    public static void Add(JsonObject view, string key, JsonNode? value)
    {
        if (value is not null)
            view[key] = value;
    }

    private static string Action(PermissionAction action) => action switch
    {
        PermissionAction.Allow => "allow",
        PermissionAction.Deny => "deny",
        _ => "ask",
    };
}
