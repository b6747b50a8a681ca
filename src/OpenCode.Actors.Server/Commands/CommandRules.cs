using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.Snapshots;

namespace OpenCode.Actors.Server.Commands;

/// <summary>The permission rules for the template of a command: those of the turn that it begins.</summary>
/// <param name="info">The session.</param>
/// <param name="agent">The agent that the prompt is for.</param>
/// <param name="setup">Rules that users allowed with <c>always</c>, and the door to paths.</param>
internal sealed class CommandRules(Session info, Agent agent, SessionSetup setup)
{
    private readonly RulesInForce _rules = new([agent.Permission, info.Permission ?? []], [setup.Learned.Of(info.Directory)]);

    /// <summary>Gets the session.</summary>
    public Session Info => info;

    /// <summary>Gets the location in which paths are judged.</summary>
    public ToolLocation Location { get; } = new(info.Directory, SnapshotPlace.RootOf(info), setup.Paths);

    /// <summary>Decides about the needed permissions; the strictest action wins.</summary>
    public PermissionAction Evaluate(IEnumerable<ToolPermission> needs) => needs.Select(_rules.Evaluate).Aggregate(PermissionAction.Allow, CommandPattern.Stricter);
}
