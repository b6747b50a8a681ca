using System.Text.Json.Nodes;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Models.Embedded;

namespace OpenCode.Actors.Server.Config;

/// <summary>Reads the sections that this server uses, and collects every mistake. Unknown keys have no effect, since a real <c>opencode.json</c> has many; those that restrict are found by <see cref="UnknownKeys"/>.</summary>
internal static class ConfigSchema
{
    private const long MiB = 1L << 20;

    public static OpenCodeConfig Read(JsonObject json, string source, ICollection<ConfigMistake> mistakes)
    {
        var root = new ConfigSection(json, "", source, mistakes);
        var server = root.Section("server");
        PermissionSchema.CheckTools(root);
        var (disabled, enabled) = (root.Texts("disabled_providers"), root.Texts("enabled_providers"));
        if (disabled.Contains(EmbeddedModel.ProviderId, StringComparer.Ordinal))
            root.Wrong("disabled_providers", $"the provider '{EmbeddedModel.ProviderId}' cannot be switched off: it needs no network, and is used where no other model is configured.");
        return new OpenCodeConfig(
            AgentSchema.Model(root),
            ProviderSchema.Read(root.Section("provider")),
            PermissionSchema.Read(root),
            EventStream(server?.Section("event_stream")),
            Limits(server?.Section("limits")),
            Cluster(server?.Section("cluster")))
        {
            Instructions = root.Texts("instructions"),
            SkillPaths = root.Section("skills")?.Texts("paths") ?? [],
            EnabledProviders = root["enabled_providers"] is null ? null : enabled,
            DisabledProviders = disabled,
            Agents = AgentSchema.Read(root.Section("agent")),
            Modes = AgentSchema.Read(root.Section("mode")),
            DefaultAgent = root.Text("default_agent"),
            UserName = Filled(root.Text("username")),
            Snapshot = root.Flag("snapshot") ?? true,
            Commands = CommandConfig.Read(root.Section("command")),
            McpServers = McpSchema.Read(root.Section("mcp"), root.Section("experimental")),
            SmallModel = AgentSchema.Model(root, "small_model"),
            Compaction = Compaction(root.Section("compaction")),
        };
    }

    private static CompactionRules Compaction(ConfigSection? section) => section is null ? CompactionRules.Default : new CompactionRules
    {
        Auto = section.Flag("auto") ?? CompactionRules.Default.Auto,
        Prune = section.Flag("prune") ?? CompactionRules.Default.Prune,
        TailTurns = (int)(section.Whole("tail_turns", 0, 1_000, "prompts") ?? CompactionRules.Default.TailTurns),
        PreserveRecentTokens = (int?)section.Whole("preserve_recent_tokens", 0, 100_000_000, "tokens"),
        Reserved = (int?)section.Whole("reserved", 0, 100_000_000, "tokens"),
    };

    private static string? Filled(string? text) => string.IsNullOrEmpty(text) ? null : text;

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
            ModelSilenceMs = (int)(section.Whole("model_silence_ms", 1_000, 3_600_000, "milliseconds") ?? d.ModelSilenceMs),
        };
    }
}
