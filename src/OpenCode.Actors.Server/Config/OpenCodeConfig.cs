using System.Collections.Frozen;
using OpenCode.Actors.Models.Providers;
using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Models.Embedded;
using OpenCode.Actors.Sessions.Tools.Servers;

namespace OpenCode.Actors.Server.Config;

/// <summary>The configuration that this server uses. Other keys of <c>opencode.json</c> have no effect.</summary>
/// <param name="Model">The model of prompts that name none; null when not configured.</param>
/// <param name="Providers">In the order of the files.</param>
/// <param name="Permission">In the order of the files; the last rule that matches decides.</param>
/// <param name="EventStream">Timings and limits of event streams.</param>
/// <param name="Limits">What one server takes.</param>
/// <param name="Cluster">How the server is a node of a cluster.</param>
internal sealed record OpenCodeConfig(
    ModelRef? Model,
    IReadOnlyList<ProviderConfig> Providers,
    IReadOnlyList<PermissionRule> Permission,
    EventStreamConfig EventStream,
    LimitsConfig Limits,
    ClusterConfig Cluster)
{
    /// <summary>Gets where instructions for models are: paths, globs and URLs, in the order of the files.</summary>
    public IReadOnlyList<string> Instructions { get; init; } = [];

    /// <summary>Gets the agents that are under the older key <c>mode</c>; they are among the agents too.</summary>
    public IReadOnlyList<AgentConfig> Modes { get; init; } = [];

    /// <summary>Gets the texts that came from variables and from files that the configuration names: no client sees them.</summary>
    public IReadOnlySet<string> Referenced { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Gets further folders of skills, in the order of the files. Key <c>skills.paths</c>.</summary>
    public IReadOnlyList<string> SkillPaths { get; init; } = [];

    public static OpenCodeConfig Default { get; } = new(null, [], [], new EventStreamConfig(), new LimitsConfig(), new ClusterConfig());

    /// <summary>Gets the providers that may be used alone; null for all. Key <c>enabled_providers</c>.</summary>
    public IReadOnlyList<string>? EnabledProviders { get; init; }

    /// <summary>Gets the providers that may not be used. Key <c>disabled_providers</c>.</summary>
    public IReadOnlyList<string> DisabledProviders { get; init; } = [];

    /// <summary>Gets the agents, and the changes of built-in ones, in the order of the files.</summary>
    public IReadOnlyList<AgentConfig> Agents { get; init; } = [];

    /// <summary>Gets the agent of prompts that name none; null for build.</summary>
    public string? DefaultAgent { get; init; }

    /// <summary>Gets the name that clients show for the user; null for the one of the machine. Key <c>username</c>.</summary>
    public string? UserName { get; init; }

    /// <summary>Gets a value indicating whether snapshots of files are taken. Key <c>snapshot</c>.</summary>
    public bool Snapshot { get; init; } = true;

    /// <summary>Gets the model for titles; null when not configured.</summary>
    public ModelRef? SmallModel { get; init; }

    /// <summary>Gets when and how sessions are compacted.</summary>
    public CompactionRules Compaction { get; init; } = CompactionRules.Default;

    /// <summary>Gets the commands, in the order of the files.</summary>
    public IReadOnlyList<CommandConfig> Commands { get; init; } = [];

    /// <summary>Gets the MCP servers, in the order of the files. Their headers and variables are secrets: never shown.</summary>
    public IReadOnlyList<ToolServerSpec> McpServers { get; init; } = [];

    /// <summary>Whether a provider may be used.</summary>
    public bool Allows(string providerId) => EnabledProviders?.Contains(providerId, StringComparer.Ordinal) != false && !DisabledProviders.Contains(providerId, StringComparer.Ordinal);

    /// <summary>Whether a model is one of the configured ones or the embedded one.</summary>
    public bool Knows(ModelRef model) => model == EmbeddedModel.Ref || Providers.Any(p => p.Id == model.ProviderId && p.Models.Any(m => m.Id == model.ModelId));
}

/// <summary>A provider. Section <c>provider.ID</c>.</summary>
/// <param name="Id">The key of the section.</param>
/// <param name="Name">For people.</param>
/// <param name="BaseUrl">Where it is; null when the section gives none.</param>
/// <param name="ApiKey">A secret: never shown.</param>
/// <param name="Headers">Sent with each request. Secrets: never shown.</param>
/// <param name="Models">In the order of the file.</param>
/// <param name="Timeout">How long it may take to answer, and be silent; null for the default.</param>
internal sealed record ProviderConfig(
    string Id, string Name, Uri? BaseUrl, string? ApiKey, IReadOnlyDictionary<string, string> Headers, IReadOnlyList<ModelInfo> Models, TimeSpan? Timeout)
{
    /// <summary>Gets which API it has; null when this server has none for its package.</summary>
    public ProviderApi? Api { get; init; } = ProviderApi.OpenAiCompatible;

    /// <summary>Gets opencode's package for its API.</summary>
    public string Npm { get; init; } = "";

    /// <summary>Gets the environment variables that may hold its key.</summary>
    public IReadOnlyList<string> KeyVariables { get; init; } = [];

    /// <summary>Gets what made it available: <c>config</c> or <c>env</c>.</summary>
    public string Source { get; init; } = "config";

    /// <summary>Gets why prompts for its models are refused; null when they are not.</summary>
    public string? Fault { get; init; }
}

/// <summary>Timings and limits of event streams. Section <c>server.event_stream</c>.</summary>
internal sealed record EventStreamConfig
{
    /// <summary>Gets the silence after which a heartbeat is sent, in milliseconds; 1,000 to 60,000.</summary>
    public int HeartbeatMs { get; init; } = 10_000;

    /// <summary>Gets the memory of recent frames, in bytes; 1 MiB to 16 GiB.</summary>
    public long RingBytes { get; init; } = 64L << 20;

    /// <summary>Gets how long a flush may make no progress before the stream is reset, in milliseconds; 1,000 to 600,000.</summary>
    public int WriteTimeoutMs { get; init; } = 20_000;

    /// <summary>Gets the age up to which a client can resume, in milliseconds; a minute to a week.</summary>
    public long RetainMs { get; init; } = 3_600_000;

    /// <summary>Gets the size of the journal's window up to which a client can resume, in bytes; 16 MiB to 1 TiB.</summary>
    public long RetainBytes { get; init; } = 1L << 30;
}

/// <summary>Limits of one server. Section <c>server.limits</c>.</summary>
internal sealed record LimitsConfig
{
    /// <summary>Gets the largest request body, in bytes; 1 KiB to 1 GiB. Beyond it: 413.</summary>
    public long BodyBytes { get; init; } = 32L << 20;

    /// <summary>Gets how many connections may be open; 1 to 1,000,000. Beyond it: 503 with Retry-After.</summary>
    public int Connections { get; init; } = 20_000;

    /// <summary>Gets how many event streams may be open; 1 to 1,000,000. Beyond it a stream gets a later time to reconnect and is reset.</summary>
    public int Streams { get; init; } = 15_000;

    /// <summary>Gets how many prompts may wait in one session; 1 to 10,000. Beyond it: 503 with Retry-After.</summary>
    public int QueuedPrompts { get; init; } = 64;

    /// <summary>Gets the silence after which a model's stream is cut and tried again, in milliseconds; a second to an hour.</summary>
    public int ModelSilenceMs { get; init; } = 120_000;
}

/// <summary>The settings of a node in a cluster. Section <c>server.cluster</c>; the command line and the environment take precedence. Never shown: it holds secrets.</summary>
internal sealed record ClusterConfig
{
    /// <summary>Gets the connection string of the database; null when the server is alone.</summary>
    public string? Connection { get; init; }

    /// <summary>Gets the name of this node.</summary>
    public string? Node { get; init; }

    /// <summary>Gets the address under which the other nodes reach this one: <c>HOST[:PORT]</c>.</summary>
    public string? Advertise { get; init; }

    /// <summary>Gets the secret by which nodes authenticate, two with a comma while it changes: the first is presented, all are accepted.</summary>
    public string Secret { get; init; } = "";

    /// <summary>Gets the port on which the other nodes reach this one; 1 to 65,535.</summary>
    public int Port { get; init; } = 7096;

    /// <summary>Gets the address of this machine to listen on for the other nodes; null for the one that is advertised.</summary>
    public string? Bind { get; init; }
}
