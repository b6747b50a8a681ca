using System.Text.Json;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Questions;
using OpenCode.Actors.Sessions.Reads;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Tasks;

namespace OpenCode.Actors.Sessions;

/// <summary>Creates and prompts child sessions through <see cref="ISessions"/>, as clients do: a child is a session like any other.</summary>
/// <param name="sessions">The sessions, which are made with the tools: looked up when the first child is.</param>
/// <param name="agents">The agents there are.</param>
/// <param name="tools">The tools there are, which this is one of.</param>
internal sealed class ChildSessions(Func<ISessions> sessions, Func<IAgentCatalog> agents, Func<IToolbox> tools) : IChildSessions
{
    private const string Everything = "*";
    private const string External = "external_directory";

    /// <inheritdoc/>
    public IReadOnlyList<Agent> AgentsOf(string directory) => [.. agents().For(directory).All.Where(static agent => agent.Mode != AgentMode.Primary && agent.Hidden != true)];

    /// <inheritdoc/>
    public async Task<Child> OpenAsync(TaskInput input, ToolContext context)
    {
        var agent = AgentOf(input.Agent, context);
        var parent = await EntryOfAsync(context.SessionId);
        var model = agent.Model is { } own ? own with { Variant = agent.Variant } : context.Model;
        if ((BegunBy(context) ?? input.TaskId) is { } earlier)
        {
            var id = SessionId.TryParse(earlier, out var parsed) ? parsed : throw NoTask(earlier);
            if ((await EntryOfAsync(id)).ParentId != context.SessionId)
                throw NoTask(earlier);

            await DenyAsync(id, DeniedBy(context.Rules.Rules, agent, Permissions(context.Directory)));
            return new Child(id, agent.Name, model, PromptOf(context));
        }

        var request = new CreateSession
        {
            ParentId = context.SessionId,
            Title = $"{input.Description} (@{agent.Name} subagent)",
            Agent = agent.Name,
            Permission = RulesOf(agent, context.Rules.Rules, Permissions(context.Directory)),
        };
        return await sessions().CreateAsync(new Place(parent.Directory, parent.ProjectId, parent.Path), request, CancellationToken.None) is Created created
            ? new Child(created.Info.Id, agent.Name, model, PromptOf(context))
            : throw new ToolRefusedException("No session could be made for the task. Try it again, or do the task yourself.");
    }

    /// <inheritdoc/>
    public async Task<string> AskAsync(Child child, string prompt)
    {
        var request = new Prompt([new TextPromptPart(prompt)])
        {
            MessageId = child.Prompt,
            Agent = child.Agent,
            Model = child.Model is { } model ? model with { Variant = null } : null,
            Variant = child.Model?.Variant,
        };
        var taken = await sessions().AskAsync(child.Id, new TakePrompt(request), CancellationToken.None);
        if (taken is not PromptAccepted accepted)
            throw await UnansweredAsync(child, taken, "it did not take the prompt");
        if (accepted.Error is { } error)
            throw Unanswered(child, error.Data.Message ?? error.Name);
        var end = await sessions().AwaitTurnAsync(child.Id, accepted.Turn, accepted.IsOpen ? accepted.Offset : null, CancellationToken.None);
        if (end is not TurnEnded ended)
            throw await UnansweredAsync(child, end, "its session has gone");

        return ended.Message.Info is AssistantMessage { Error: { } failure }
            ? throw Unanswered(child, failure.Data.Message ?? failure.Name)
            : ended.Message.Parts.OfType<TextPart>().LastOrDefault()?.Text ?? "";
    }

    /// <inheritdoc/>
    public Task<bool> IsWaitingAsync(Child child) => IsWaitingAsync(child.Id);

    /// <inheritdoc/>
    public Task AbortAsync(Child child) => sessions().AskAsync(child.Id, new Abort(), CancellationToken.None);

    /// <summary>Returns the rules of a child: what its parent is denied (rule "Restrictions fail closed"), and no tasks unless its agent has a rule for them.</summary>
    /// <param name="agent">The agent of the child.</param>
    /// <param name="parent">The rules of the parent: those of its agent, then those of its session.</param>
    /// <param name="permissions">The permissions there are, beside those that rules name.</param>
    internal static IReadOnlyList<PermissionRule> RulesOf(Agent agent, IReadOnlyList<PermissionRule>[] parent, IEnumerable<string> permissions)
    {
        List<PermissionRule> rules = [.. DeniedBy(parent, agent, permissions)];
        if (!agent.Permission.Any(static rule => rule.Permission == TaskTool.Name && rule.Action != PermissionAction.Deny))
            rules.Add(new PermissionRule(TaskTool.Name, Everything, PermissionAction.Deny));
        return rules;
    }

    // It may work on it all the same: it does not beside its parent, which goes on.
    private async Task<ToolRefusedException> UnansweredAsync(Child child, object refusal, string reason)
    {
        if (refusal is not Unavailable unknown)
            return Unanswered(child, reason);

        await AbortAsync(child);
        return Unanswered(child, unknown.Reason);
    }

    // For tasks of its own it waits if one of them does.
    private async Task<bool> IsWaitingAsync(SessionId child)
    {
        if (await sessions().AskAsync(child, new GetWaits(), CancellationToken.None) is not WaitsFound { IsWaiting: true } found)
            return false;

        foreach (var of in found.Children)
        {
            if (await IsWaitingAsync(of))
                return true;
        }

        return found.Children.Count == 0;
    }

    private static List<PermissionRule> DeniedBy(IReadOnlyList<PermissionRule>[] parent, Agent agent, IEnumerable<string> permissions)
    {
        // A child has no denial of what its own agent is denied: a list of rules is short where the agents are opencode's.
        var named = parent.Take(1).Append(agent.Permission).SelectMany(static rules => rules).Select(static rule => rule.Permission).Where(static name => name != Everything);
        var open = permissions.Concat(named).Append(External).Append(QuestionTool.Name).Distinct(StringComparer.Ordinal).Where(name => !PermissionRules.IsDenied(name, agent.Permission)).ToList();
        var ofAgent = parent.Take(1).SelectMany(rules => open.SelectMany(name => DeniedOf(rules, name)));
        var ofSession = parent.Skip(1).SelectMany(static rules => rules).Where(static rule => rule.Action == PermissionAction.Deny || (rule is { Permission: External, Action: PermissionAction.Ask }));
        return [.. ofAgent.Concat(ofSession).Distinct()];
    }

    // What is allowed after a denial of everything is narrower in the child: it has the denial alone.
    private static IEnumerable<PermissionRule> DeniedOf(IReadOnlyList<PermissionRule> rules, string permission)
    {
        var own = rules.Where(rule => Wildcard.IsMatch(permission, rule.Permission)).ToList();
        return own.Skip(Math.Max(0, own.FindLastIndex(static rule => rule.Pattern == Everything))).Where(static rule => rule.Action == PermissionAction.Deny).Select(rule => rule with { Permission = permission });
    }

    // Of servers the names alone: which tools they have may only be known later.
    private IEnumerable<string> Permissions(string directory) =>
        [.. tools().Definitions.Select(static tool => PermissionRules.PermissionOf(tool.Name)), .. tools().PrefixesOf(directory).Select(static prefix => prefix + Everything)];

    // What its parent is denied by now holds for a task that goes on too.
    private async Task DenyAsync(SessionId child, List<PermissionRule> rules)
    {
        if (rules.Count > 0 && await sessions().AskAsync(child, new Update(new UpdateSession { Permission = rules }), CancellationToken.None) is not Updated)
            throw new ToolRefusedException("The rules of the task's session could not be set. Try it again, or do the task yourself.");
    }

    // A user may have any agent do a task.
    private Agent AgentOf(string name, ToolContext context)
    {
        var known = agents().For(context.Directory);
        var usable = known.All.Where(agent => context.IsUsers || agent.Mode != AgentMode.Primary).ToList();
        return known.Fault is { } fault ? throw new ToolRefusedException(fault)
            : usable.Find(agent => agent.Name == name)
            ?? throw new ToolRefusedException($"There is no subagent '{name}' here. Give one of {string.Join(", ", usable.Select(static agent => agent.Name))}.");
    }

    private async Task<SessionEntry> EntryOfAsync(SessionId id) =>
        await sessions().AskAsync(new IndexQuery.Get(id), CancellationToken.None) is IndexQuery.Found found ? found.Entry : throw NoTask(id.Value);

    private static string? BegunBy(ToolContext context) => context.Left is { } left ? JsonSerializer.Deserialize(left, TaskJson.Default.TaskMetadata)!.SessionId : null;

    // Of the call alone, so that a call that goes on after a crash finds its prompt, and gives it once.
    private static MessageId PromptOf(ToolContext context) => new($"msg_{context.Part!.Value.Value.Split('_', 2)[^1]}");

    private static ToolRefusedException NoTask(string id) => new($"This session has no task '{id}'. Leave task_id out to begin a new one.");

    private static ToolRefusedException Unanswered(Child child, string reason) => new($"The task {child.Id} has no result: {reason}");
}
