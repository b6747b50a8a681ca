using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journaling;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Sessions;

/// <summary>What all sessions of a server share.</summary>
/// <param name="Options">Timings and limits.</param>
/// <param name="Time">The clock.</param>
/// <param name="Entropy">The randomness.</param>
/// <param name="Models">The models there are.</param>
/// <param name="Toolbox">The tools there are.</param>
/// <param name="Processes">Kills what a crash left running.</param>
/// <param name="Config">The permission rules of the configuration.</param>
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
    IPermissionConfig Config,
    SessionMetrics Metrics,
    IJournal Journal,
    ILoggerFactory Loggers)
{
    /// <summary>Gets the maker of ids.</summary>
    public IdFactory Ids { get; } = new(Time, Entropy.Fill);

    /// <summary>Gets the rules that users have allowed for always.</summary>
    public LearnedRules Learned { get; } = new();

    /// <summary>Gets the time in milliseconds of the epoch.</summary>
    public long Now => Time.GetUtcNow().ToUnixTimeMilliseconds();
}
