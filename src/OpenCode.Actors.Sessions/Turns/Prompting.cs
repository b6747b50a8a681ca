using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>Takes prompts.</summary>
internal static class Prompting
{
    /// <summary>The agent of a prompt and a session that name none.</summary>
    public const string DefaultAgent = "build";

    private const string DefaultVariant = "default";

    /// <summary>Takes a prompt: announces it at once, and opens a turn, or leaves it to the open turn's next step.</summary>
    /// <returns>The id of the user message.</returns>
    public static MessageId Take(Decision decision, Protocol.Requests.Prompt prompt)
    {
        var (agent, model) = Choose(decision, prompt.Agent, prompt.Model, prompt.Variant);
        var id = prompt.MessageId ?? decision.NextMessage();
        decision.Put(new UserMessage(id, decision.Id, new MessageTime(decision.Now), agent, model) { System = prompt.System, Tools = prompt.Tools });
        foreach (var part in prompt.Parts)
            decision.Put(part.ToPart(part.Id ?? decision.NextPart(), decision.Id, id));
        decision.Touch();

        if (prompt.NoReply == true)
            return id;

        if (decision.State.Turn is { } turn)
            decision.Put(turn with { Prompts = turn.Prompts.Add(id) });
        else if (decision.Models.TryResolve(model.ProviderId, model.ModelId, out _))
            Stepping.Open(decision, id);
        else
            Refuse(decision, id, Stepping.UnknownModel(model));

        return id;
    }

    /// <summary>Says what is wrong with a prompt, or null.</summary>
    public static string? Mistake(SessionState state, Protocol.Requests.Prompt prompt)
    {
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

    /// <summary>Chooses agent and model, and notes them on the session if they are others than before.</summary>
    public static (string Agent, ModelRef Model) Choose(Decision decision, string? agent, ModelRef? model, string? variant)
    {
        var info = decision.Info;
        agent ??= info.Agent ?? DefaultAgent;
        model ??= info.Model?.ToModelRef() ?? new ModelRef(decision.Models.Default.ProviderId, decision.Models.Default.ModelId);
        variant ??= model.Variant;

        var noted = new SessionModel(model.ModelId, model.ProviderId, variant ?? DefaultVariant);
        if (info.Agent != agent || info.Model != noted)
            decision.Update(info with { Agent = agent, Model = noted, Time = info.Time with { Updated = decision.Now } });

        return (agent, model with { Variant = variant == DefaultVariant ? null : variant });
    }

    // The real server shows busy, the error and idle, and makes no assistant message.
    private static void Refuse(Decision decision, MessageId prompt, MessageError error)
    {
        decision.Show(SessionStatus.Busy);
        decision.ShowError(error);
        decision.ShowIdle();
        decision.Remember(prompt, error);
    }
}
