using System.Text.Json.Nodes;
using OpenCode.Actors.Models.Providers;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Tools.Servers;

namespace OpenCode.Actors.Server.Config;

/// <summary>What <c>GET /config</c> shows: what has an effect here, built from what was understood, so that no secret can slip through.</summary>
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
            ["username"] = Environment.UserName,
            ["plugin"] = new JsonArray(),
            ["command"] = new JsonObject(),
            ["mode"] = new JsonObject(),
            ["agent"] = new JsonObject(),
        };
        if (config.Model is { } model)
            view["model"] = model;
        if (config.SmallModel is { } small)
            view["small_model"] = small;

        if (config.Providers.Any(static p => p.Source == "config"))
            view["provider"] = Object(config.Providers.Where(static p => p.Source == "config"), p => p.Id, Provider);

        if (config.McpServers.Count > 0)
            view["mcp"] = Object(config.McpServers, server => server.Name, McpServer);

        if (config.Permission.Count > 0)
        {
            view["permission"] = Object(
                config.Permission.GroupBy(r => r.Permission, StringComparer.Ordinal),
                group => group.Key,
                group => Object(group, r => r.Pattern, r => Action(r.Action)));
        }

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
    private static JsonObject McpServer(ToolServerSpec server) => server switch
    {
        LocalToolServer local => new JsonObject { ["type"] = "local", ["command"] = new JsonArray(local.Command[0]), ["enabled"] = server.IsEnabled },
        RemoteToolServer remote => new JsonObject
        {
            ["type"] = "remote",
            ["url"] = remote.Url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped),
            ["enabled"] = server.IsEnabled,
        },
        _ => [],
    };

    private static string Action(PermissionAction action) => action switch
    {
        PermissionAction.Allow => "allow",
        PermissionAction.Deny => "deny",
        _ => "ask",
    };

    private static JsonObject Object<T>(IEnumerable<T> items, Func<T, string> key, Func<T, JsonNode> value)
    {
        var view = new JsonObject();
        foreach (var item in items)
            view[key(item)] = value(item);

        return view;
    }
}
