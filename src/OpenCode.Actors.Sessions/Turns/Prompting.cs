using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.History;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>Takes prompts.</summary>
internal static class Prompting
{
    private const string DefaultVariant = "default";
    private const string TaskTool = "task";
    private const int MostParts = 2_000; // A part is looked for among all of its message.

    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(5);

    /// <summary>Finds the outcome of a prompt, or a command of the user's, that is sent again; null for a new one. The first one under a name counts: its answer is repeated.</summary>
    /// <param name="state">The session.</param>
    /// <param name="messageId">The id that the client made for the message.</param>
    /// <param name="key">The <c>Idempotency-Key</c>.</param>
    public static Outcome? Earlier(SessionState state, MessageId? messageId, string? key)
    {
        if (key is not null && state.Keys.TryGetValue(key, out var byKey))
            return new Outcome(OutcomeKind.Accepted, byKey);
        if (messageId is not { } named || state.Message(named) is not { } known)
            return null;

        return known.Info is UserMessage
            ? new Outcome(OutcomeKind.Accepted, named)
            : new Outcome(OutcomeKind.Refused, Refusal: new PromptRejected($"The message {named} is not a prompt: choose another messageID."));
    }

    /// <summary>Finds the reason to refuse a new prompt; null when it can be taken.</summary>
    public static object? Refusal(SessionState state, LocationSetup location, SessionsOptions options, Protocol.Requests.Prompt prompt)
    {
        // Without a reply no model is called. A mistake is answered at once, also while the session is busy: it does not fail a later step.
        var asksModel = prompt.NoReply != true;
        if (asksModel && QueueFull(state, options) is { } overcrowded)
            return overcrowded;

        var mistake = Mistake(state, prompt)
            ?? AgentMistake(location.Agents, prompt.Agent)
            ?? prompt.Parts.OfType<SubtaskPromptPart>().Select(task => AgentMistake(location.Agents, task.Agent)).FirstOrDefault(static mistake => mistake is not null)
            ?? VariantMistake(state.Info!, location, prompt)
            ?? (prompt.Tools is { } tools ? SessionRules.Mistake(state.Info!.Permission, SessionRules.Of(tools)) : null)
            ?? (asksModel ? location.Models.Fault ?? ModelFault(location.Models, ModelOf(state.Info!, location, prompt)) : null);
        return mistake is null ? null : new PromptRejected(mistake);
    }

    /// <summary>Refuses another prompt when too many wait for the next step of the open turn; null when there is room.</summary>
    public static TooManyPrompts? QueueFull(SessionState state, SessionsOptions options) =>
        state.Turn is { } turn && turn.Queued >= options.MaxQueuedPrompts ? new TooManyPrompts(options.MaxQueuedPrompts, _retryAfter) : null;

    /// <summary>Returns what is wrong with the agent of a prompt or a command of the user's; null when it can be used.</summary>
    public static string? AgentMistake(LocationAgents agents, string? agent) => agents.Fault ?? (agent is null || agents.Find(agent) is not null
        ? null
        : $"agent: there is no agent '{agent}' here; give one of {string.Join(", ", agents.All.Select(static known => known.Name))}, or none for {agents.Default}.");

    /// <summary>Returns why a model, or all of its provider, cannot be used; null when it can, or is not known at all.</summary>
    public static string? ModelFault(IModelCatalog models, ModelRef model) => models.TryResolve(model.ProviderId, model.ModelId, out var known) ? known.Fault : models.FaultOf(model.ProviderId);

    private static string? VariantMistake(Session info, LocationSetup location, Protocol.Requests.Prompt prompt)
    {
        var variant = prompt.Variant ?? prompt.Model?.Variant;
        return variant == DefaultVariant ? null : StepOptionMerging.Mistake(location.Models, ModelOf(info, location, prompt), variant);
    }

    private static ModelRef ModelOf(Session info, LocationSetup location, Protocol.Requests.Prompt prompt)
    {
        var (agents, models) = (location.Agents, location.Models);
        return prompt.Model ?? agents.Find(prompt.Agent ?? agents.Default)?.Model ?? info.Model?.ToModelRef() ?? new ModelRef(models.Default.ProviderId, models.Default.ModelId);
    }

    /// <summary>Takes a prompt: publishes it at once, and opens a turn, or queues it for the next step of the open turn.</summary>
    public static Outcome Decide(Decision decision, TakePrompt command)
    {
        var taken = Take(decision, command.Request);
        if (command.Key is { } key)
            decision.Remember(key, taken);
        if (command.Command is { } call && decision.State.Turn is { } turn)
            decision.Put(turn with { Commands = turn.Commands.Add(call) });
        return new Outcome(OutcomeKind.Accepted, taken);
    }

    private static MessageId Take(Decision decision, Protocol.Requests.Prompt prompt)
    {
        Undoing.Settle(decision);
        var (agent, model) = Choose(decision, prompt.Agent, prompt.Model, prompt.Variant);
        var id = prompt.MessageId ?? decision.NextMessage();
        decision.Put(new UserMessage(id, decision.Id, new MessageTime(decision.Now), agent, model) { System = prompt.System, Tools = prompt.Tools, Format = Structuring.Kept(prompt.Format) });
        foreach (var part in prompt.Parts)
        {
            decision.Put(part.ToPart(part.Id ?? decision.NextPart(), decision.Id, id));
            if (part is AgentPromptPart named)
                decision.Put(new TextPart(decision.NextPart(), decision.Id, id, Delegating(decision, agent, named.Name)) { Synthetic = true });
        }

        if (prompt.Tools is { Count: > 0 } tools)
            decision.Update(decision.Info with { Permission = SessionRules.Add(decision.Info.Permission, SessionRules.Of(tools)) });
        decision.Touch();

        if (prompt.NoReply == true)
            return id;

        if (decision.State.Turn is { } turn)
            decision.Put(turn with { Prompts = turn.Prompts.Add(id) });
        else if (decision.Models.TryResolve(model.ProviderId, model.ModelId, out _))
        {
            Stepping.Open(decision, id);
            Titling.Begin(decision, id);
        }
        else
            Refuse(decision, id, Stepping.UnknownModel(model));

        return id;
    }

    private static string Delegating(Decision decision, string by, string agent) => PermissionRules.Evaluate(TaskTool, agent, TurnRules.Of(decision, by)) == PermissionAction.Deny
        ? $"The user names the agent '{agent}', but a permission rule forbids to call it. Say so, and do what you can without it."
        : $"The user wants the agent '{agent}' for this. Write it a prompt with all that it has to know from the messages above, and call it with the tool {TaskTool}, subagent_type '{agent}'.";

    private static string? Mistake(SessionState state, Protocol.Requests.Prompt prompt)
    {
        if (prompt.Parts.Count > MostParts)
            return $"parts: the prompt has {prompt.Parts.Count}, with those that were made of its files; it may have {MostParts}. Join texts, or send several prompts.";

        var given = prompt.Parts.Where(part => part.Id is not null).Select(part => part.Id!.Value).ToList();
        if (given.Count == 0)
            return null;

        var known = state.Messages.SelectMany(message => message.Parts).Select(part => part.Id).ToHashSet();
        foreach (var id in given)
        {
            if (!known.Add(id))
                return $"The part id {id} is in use in this session: give each part a new id, or none.";
        }

        return null;
    }

    /// <summary>Chooses agent and model, and stores them on the session if they changed.</summary>
    public static (string Agent, ModelRef Model) Choose(Decision decision, string? agent, ModelRef? model, string? variant)
    {
        var info = decision.Info;
        var agents = decision.Agents;
        agent ??= agents.Default;
        var chosen = agents.Find(agent);
        model ??= chosen?.Model ?? info.Model?.ToModelRef() ?? new ModelRef(decision.Models.Default.ProviderId, decision.Models.Default.ModelId);
        variant ??= model.Variant ?? (IsSame(model, chosen?.Model) ? chosen!.Variant : null);

        var noted = new SessionModel(model.ModelId, model.ProviderId, variant ?? DefaultVariant);
        if (info.Agent != agent || info.Model != noted)
            decision.Update(info with { Agent = agent, Model = noted, Time = info.Time with { Updated = decision.Now } });

        return (agent, model with { Variant = variant == DefaultVariant ? null : variant });
    }

    private static bool IsSame(ModelRef model, ModelRef? other) => model with { Variant = null } == (other is null ? null : other with { Variant = null });

    // The real server shows busy, the error and idle, and makes no assistant message.
    private static void Refuse(Decision decision, MessageId prompt, MessageError error)
    {
        decision.PublishStatus(SessionStatus.Busy);
        decision.PublishError(error);
        decision.PublishIdle();
        decision.Remember(prompt, error);
    }
}
