using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>The permission rules of the open turn: those of its agent, then the session's own.</summary>
internal static class TurnRules
{
    private const string Everything = "*";

    private static readonly PermissionRule[] _nothing = [new(Everything, Everything, PermissionAction.Deny)];

    /// <summary>Returns the agent of the turn's prompt; null when the configuration has no such agent any more, or has mistakes.</summary>
    public static Agent? AgentOf(Decision decision) => Find(decision, ((UserMessage)decision.State.Message(decision.Turn.Asked)!.Info).Agent);

    /// <summary>Returns the rules, weakest first. Without a usable agent everything is denied (rule "Restrictions fail closed"): a rule that cannot be read may be a denial.</summary>
    public static IReadOnlyList<PermissionRule>[] Of(Decision decision) => Of(decision, AgentOf(decision));

    /// <summary>Returns the rules of an agent in this session, weakest first.</summary>
    public static IReadOnlyList<PermissionRule>[] Of(Decision decision, string agent) => Of(decision, Find(decision, agent));

    /// <summary>Returns all rules that decide now, including those that users allowed with <c>always</c>.</summary>
    public static RulesInForce InForce(Decision decision) => new(Of(decision), decision.Learned);

    /// <summary>True if the model may be offered a tool, and may call it at all.</summary>
    public static bool Offers(Decision decision, string tool) => PermissionRules.Offers(tool, Of(decision));

    private static IReadOnlyList<PermissionRule>[] Of(Decision decision, Agent? agent) =>
        agent is null ? [_nothing] : [agent.Permission, decision.Info.Permission ?? []];

    private static Agent? Find(Decision decision, string name)
    {
        var agents = decision.Agents;
        return agents.Fault is null ? agents.Find(name) : null;
    }
}
