using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Sessions.Instructions;
using OpenCode.Actors.Sessions.Metrics;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Permissions.Doors;
using OpenCode.Actors.Sessions.Readiness;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Servers;

namespace OpenCode.Actors.Sessions.Setup;

/// <summary>What all sessions of a server share.</summary>
/// <param name="Options">Timings and limits.</param>
/// <param name="Time">The clock.</param>
/// <param name="Entropy">The randomness.</param>
/// <param name="Models">The models there are.</param>
/// <param name="Toolbox">The tools there are.</param>
/// <param name="Processes">Kills what a crash left running.</param>
/// <param name="Agents">The agents there are, with the rules of the configuration.</param>
/// <param name="Metrics">What is counted.</param>
/// <param name="Journal">To read the deltas of an open part at recovery; what is written goes through the journal's actor.</param>
/// <param name="Loggers">Makes the logs.</param>
internal sealed record SessionSetup(
    SessionsOptions Options,
    TimeProvider Time,
    IEntropy Entropy,
    IModelCatalog Models,
    IToolbox Toolbox,
    IProcessHost Processes,
    IAgentCatalog Agents,
    SessionMetrics Metrics,
    IJournal Journal,
    ILoggerFactory Loggers)
{
    /// <summary>Gets the claims of shards, which a session needs before it is read (rule "Claim before read"); null on a single node.</summary>
    public IShardClaims? Claims { get; init; }

    /// <summary>Gets the files that models read.</summary>
    public IFileWork Files { get; init; } = NoFiles.Instance;

    /// <summary>Gets the resources of MCP servers; null where there can be none.</summary>
    public ToolServerContents? Servers { get; init; }

    /// <summary>Gets what system prompts are written by; null for models that need none.</summary>
    public SystemPrompts? Instructions { get; init; }

    /// <summary>Gets what keeps the files of worktrees as they were; null to keep none.</summary>
    public ISnapshots? Snapshots { get; init; }

    /// <summary>Gets a value indicating whether sessions get their titles from a model.</summary>
    public bool AsksTitles { get; init; }

    /// <summary>Gets how far the index has followed the log: a claim waits for it.</summary>
    public IndexProgress Progress { get; init; } = new();

    /// <summary>Gets whether this node hands its sessions over. A node that is alone never does.</summary>
    public NodeDrain Drain { get; init; } = new();

    /// <summary>Gets what this node may do at the moment.</summary>
    public NodeAvailability Availability { get; init; } = new(Time);

    /// <summary>Gets what follows traced commands.</summary>
    public JournalTraces? Traces { get; init; }

    /// <summary>Gets the door to the paths that tool calls name.</summary>
    public IPathFacts Paths { get; init; } = new DiskPaths();

    /// <summary>Gets a value indicating whether other nodes run sessions of the same journal.</summary>
    public bool IsShared => Claims is not null;

    /// <summary>Gets what a session asks its parent with to leave memory. The parent keeps what comes from then on, and sends the stop message back.</summary>
    public Func<Leave, object> Passivate { get; init; } = static stop => new Passivate(stop);

    /// <summary>Gets where a session sends commands back that it can no longer take, each in a <see cref="Deliver"/>: its parent. In a cluster that is the shard region.</summary>
    public Func<IActorContext, IActorRef> RegionOf { get; init; } = static session => session.Parent;

    /// <summary>Gets what reads the command of a <see cref="NamedByReference"/>: null when there is none any more. Null itself on a node that is alone, which gets no such command.</summary>
    public Func<NamedByReference, CancellationToken, Task<ISessionCommand?>>? ReadLarge { get; init; }

    /// <summary>Gets the recent failures, where the parent of a session does not count them: a session that failed too often then refuses by itself.</summary>
    public RecentFailures? Failures { get; init; }

    /// <summary>Gets the maker of session ids. A cluster gives a child an id of its parent's shard.</summary>
    public Func<IdFactory, SessionId?, SessionId> NewSession { get; init; } = static (ids, _) => ids.NewSession();

    /// <summary>Gets the maker of ids.</summary>
    public IdFactory Ids { get; } = new(Time, Entropy.Fill);

    /// <summary>Gets the rules that users have allowed for always.</summary>
    public LearnedRules Learned { get; } = new(() => Journal.Timeline);

    /// <summary>Looks at the configuration of a location.</summary>
    public LocationSetup At(string directory) => new(Agents.For(directory), Models.For(directory), Toolbox.PrefixesOf(directory));

    /// <summary>Gets the time in milliseconds of the epoch.</summary>
    public long Now => Time.GetUtcNow().ToUnixTimeMilliseconds();
}
