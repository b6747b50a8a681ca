using System.Text.Json;
using System.Text.Json.Nodes;
using OpenCode.Actors.Sessions.Models.Embedded;

namespace OpenCode.Actors.Server.Config;

/// <summary>Reads the sections this server heeds, noting every mistake. Unknown keys have no effect, since a real <c>opencode.json</c> has many; those that restrict are found by <see cref="UnknownKeys"/>.</summary>
internal static class ConfigSchema
{
    private const long MiB = 1L << 20;

    public static OpenCodeConfig Read(JsonObject json, string source, ICollection<ConfigMistake> mistakes)
    {
        var root = new ConfigSection(json, "", source, mistakes);
        var server = root.Section("server");
        PermissionSchema.CheckTools(root);
        AgentSchema.Read(root.Section("mode"));
        var (disabled, enabled) = (root.Texts("disabled_providers"), root.Texts("enabled_providers"));
        if (disabled.Contains(EmbeddedModel.ProviderId, StringComparer.Ordinal))
            root.Wrong("disabled_providers", $"the provider '{EmbeddedModel.ProviderId}' cannot be switched off: it needs no network, and is used where no other model is configured.");
        return new OpenCodeConfig(
            AgentSchema.Model(root),
            [.. Providers(root.Section("provider")).Where(provider => !disabled.Contains(provider.Id, StringComparer.Ordinal) && (root["enabled_providers"] is null || enabled.Contains(provider.Id, StringComparer.Ordinal)))],
            PermissionSchema.Read(root),
            EventStream(server?.Section("event_stream")),
            Limits(server?.Section("limits")),
            Cluster(server?.Section("cluster")))
        {
            Instructions = root.Texts("instructions"),
            Agents = AgentSchema.Read(root.Section("agent")),
            DefaultAgent = root.Text("default_agent"),
            Commands = CommandConfig.Read(root.Section("command")),
        };
    }

    private static List<ProviderConfig> Providers(ConfigSection? providers)
    {
        var read = new List<ProviderConfig>();
        foreach (var id in providers?.Keys ?? [])
        {
            if (providers!.Section(id) is { } provider)
            {
                var options = provider.Section("options");
                if (id == EmbeddedModel.ProviderId)
                    providers.Wrong(id, "this id belongs to the embedded model; choose another.");

                read.Add(new ProviderConfig(
                    id, provider.Text("name") ?? id, BaseUrl(options), Filled(options?.Text("apiKey")), Headers(options?.Section("headers")), Models(provider.Section("models")), Timeout(options)));
            }
        }

        return read;
    }

    private static Uri? BaseUrl(ConfigSection? options)
    {
        if (options?.Text("baseURL") is not { } text)
            return null;

        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps))
            return url;

        options.Wrong("baseURL", "give an absolute http or https URL.");
        return null;
    }

    // opencode takes false for "no limit"; here it is the default then.
    private static TimeSpan? Timeout(ConfigSection? options) =>
        options?["timeout"]?.GetValueKind() != JsonValueKind.False && options?.Whole("timeout", 1, int.MaxValue, "milliseconds") is { } wait
            ? TimeSpan.FromMilliseconds(wait)
            : null;

    private static string? Filled(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static Dictionary<string, string> Headers(ConfigSection? headers)
    {
        var read = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in headers?.Keys ?? [])
        {
            if (headers!.Text(name) is { } value)
                read[name] = value;
        }

        return read;
    }

    private static List<ModelConfig> Models(ConfigSection? models)
    {
        var read = new List<ModelConfig>();
        foreach (var id in models?.Keys ?? [])
        {
            if (models!.Section(id) is { } model)
                read.Add(new ModelConfig(id, model.Text("name") ?? id));
        }

        return read;
    }

    private static EventStreamConfig EventStream(ConfigSection? section)
    {
        var d = new EventStreamConfig();
        return section is null ? d : new EventStreamConfig
        {
            HeartbeatMs = (int)(section.Whole("heartbeat_ms", 1_000, 60_000, "milliseconds") ?? d.HeartbeatMs),
            RingBytes = section.Whole("ring_bytes", MiB, 16_384 * MiB, "bytes") ?? d.RingBytes,
            WriteTimeoutMs = (int)(section.Whole("write_timeout_ms", 1_000, 600_000, "milliseconds") ?? d.WriteTimeoutMs),
            RetainMs = section.Whole("retain_ms", 60_000, 604_800_000, "milliseconds") ?? d.RetainMs,
            RetainBytes = section.Whole("retain_bytes", 16 * MiB, 1_048_576 * MiB, "bytes") ?? d.RetainBytes,
        };
    }

    private static ClusterConfig Cluster(ConfigSection? section)
    {
        var d = new ClusterConfig();
        return section is null ? d : new ClusterConfig
        {
            Connection = Filled(section.Text("connection")),
            Node = Filled(section.Text("node")),
            Advertise = Filled(section.Text("advertise")),
            Secret = Filled(section.Text("secret")) ?? "",
            Port = (int)(section.Whole("port", 1, 65_535, "port") ?? d.Port),
            Bind = Filled(section.Text("bind")),
        };
    }

    private static LimitsConfig Limits(ConfigSection? section)
    {
        var d = new LimitsConfig();
        return section is null ? d : new LimitsConfig
        {
            BodyBytes = section.Whole("body_bytes", 1_024, 1_024 * MiB, "bytes") ?? d.BodyBytes,
            Connections = (int)(section.Whole("connections", 1, 1_000_000, "connections") ?? d.Connections),
            Streams = (int)(section.Whole("streams", 1, 1_000_000, "streams") ?? d.Streams),
            QueuedPrompts = (int)(section.Whole("queued_prompts", 1, 10_000, "prompts of one session") ?? d.QueuedPrompts),
        };
    }
}
