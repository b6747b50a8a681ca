using System.Text.Json.Nodes;
using OpenCode.Actors.Models.Providers;
using OpenCode.Actors.Sessions.Tools.Servers;

namespace OpenCode.Actors.Server.Config;

/// <summary>The answer of <c>GET /config</c>: the keys that have an effect here, built from parsed values, so that no secret can slip through.</summary>
internal static class ConfigView
{
    public static JsonObject Of(EffectiveConfig effective)
    {
        var config = effective.Values;
        var view = new JsonObject
        {
            ["$schema"] = "https://opencode.ai/config.json",
            ["share"] = "disabled", // else the TUI offers what is refused
            ["autoupdate"] = false,
            ["username"] = config.UserName is { } name && !config.Referenced.Contains(name) ? name : Environment.UserName,
            ["plugin"] = new JsonArray(),
            ["command"] = Object(config.Commands, static c => c.Name, c => Command(c, config.Referenced)),
            ["mode"] = Object(config.Modes, static m => m.Name, m => AgentView.Of(m, config.Referenced)),
            ["agent"] = Object(config.Agents, static a => a.Name, a => AgentView.Of(a, config.Referenced)),
        };
        AgentView.Add(view, "model", config.Model?.ToString());
        AgentView.Add(view, "small_model", config.SmallModel?.ToString());
        if (config.Providers.Any(static p => p.Source == "config"))
            view["provider"] = Object(config.Providers.Where(static p => p.Source == "config"), p => p.Id, Provider);

        if (config.DefaultAgent is { } agent)
            view["default_agent"] = agent;

        if (config.McpServers.Count > 0)
            view["mcp"] = Object(config.McpServers, server => server.Name, server => McpServer(server, config.Referenced));

        if (config.Permission.Count > 0)
            view["permission"] = AgentView.Rules(config.Permission);

        view["server"] = new JsonObject
        {
            ["event_stream"] = new JsonObject
            {
                ["heartbeat_ms"] = config.EventStream.HeartbeatMs,
                ["ring_bytes"] = config.EventStream.RingBytes,
                ["write_timeout_ms"] = config.EventStream.WriteTimeoutMs,
                ["retain_ms"] = config.EventStream.RetainMs,
                ["retain_bytes"] = config.EventStream.RetainBytes,
            },
            ["limits"] = new JsonObject
            {
                ["body_bytes"] = config.Limits.BodyBytes,
                ["connections"] = config.Limits.Connections,
                ["streams"] = config.Limits.Streams,
                ["queued_prompts"] = config.Limits.QueuedPrompts,
                ["model_silence_ms"] = config.Limits.ModelSilenceMs,
            },
        };
        return view;
    }

    private static JsonObject Provider(ProviderConfig provider)
    {
        var view = new JsonObject { ["npm"] = provider.Npm, ["name"] = provider.Name };
        if (provider.BaseUrl is { } url)
            view["options"] = new JsonObject { ["baseURL"] = ProviderApis.Shown(url) };

        view["models"] = Object(provider.Models, m => m.Id, m => new JsonObject { ["id"] = m.Id, ["name"] = m.Name });
        return view;
    }

    // Arguments and queries may be secrets as well as variables and headers.
    private static JsonObject McpServer(ToolServerSpec server, IReadOnlySet<string> referenced) => server switch
    {
        LocalToolServer local => new JsonObject { ["type"] = "local", ["command"] = new JsonArray(referenced.Contains(local.Command[0]) ? "" : local.Command[0]), ["enabled"] = server.IsEnabled },
        RemoteToolServer remote => new JsonObject
        {
            ["type"] = "remote",
            ["url"] = referenced.Contains(remote.Url.OriginalString) ? "" : remote.Url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped),
            ["enabled"] = server.IsEnabled,
        },
        _ => [],
    };

    private static JsonObject Command(CommandConfig command, IReadOnlySet<string> referenced)
    {
        var view = new JsonObject { ["template"] = referenced.Contains(command.Template) ? "" : command.Template };
        AgentView.Add(view, "description", command.Description);
        AgentView.Add(view, "agent", command.Agent);
        AgentView.Add(view, "model", command.Model?.ToString());
        AgentView.Add(view, "variant", command.Variant);
        AgentView.Add(view, "subtask", command.Subtask);
        return view;
    }

    private static JsonObject Object<T>(IEnumerable<T> items, Func<T, string> key, Func<T, JsonNode> value)
    {
        var view = new JsonObject();
        foreach (var item in items)
            view[key(item)] = value(item);

        return view;
    }
}
