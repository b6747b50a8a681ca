using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>Judges by the tokens of the last step whether the next one fits into the context of its model.</summary>
internal static class ContextRoom
{
    private const int MostReserved = 20_000; // as opencode keeps free, where the model says how much it reads

    /// <summary>Returns the rules of the session's location.</summary>
    public static CompactionRules RulesOf(Decision decision) => decision.Agents.Compaction;

    /// <summary>True if the conversation is to be summed up before the next step. Never twice in a row: a summary that is too long itself would be made for ever (rule "Every wait ends").</summary>
    public static bool IsFull(Decision decision, TurnState turn)
    {
        var (messages, rules) = (decision.State.Messages, RulesOf(decision));
        if (!rules.Auto || LastAnswer(messages) is not { } last || IsNextSummary(decision.State, turn))
            return false;

        var next = (UserMessage)decision.State.Message(turn.Queued > 0 ? turn.Prompts[turn.Taken] : turn.Asked)!.Info;
        return decision.Models.TryResolve(next.Model.ProviderId, next.Model.ModelId, out var model)
            && Usable(model.Info.Limit, rules) is { } usable
            && UsedBy(last) >= usable
            && !IsFirstAfterSummary(messages, last);
    }

    /// <summary>True if nothing was answered since the newest summary.</summary>
    public static bool IsFresh(IReadOnlyList<MessageState> messages) =>
        Summaries.Newest(messages) is { Summary: var at } && !messages.Skip(at + 1).Any(static message => message.Info is AssistantMessage { Finish: not null, Summary: not true });

    /// <summary>Returns how many tokens a conversation may have; null when the model's context is not known.</summary>
    public static long? Usable(ModelLimit limit, CompactionRules rules)
    {
        if (limit.Context <= 0)
            return null;

        var reserved = rules.Reserved ?? (limit.Input is null ? limit.Answer : Math.Min(MostReserved, limit.Answer));
        return Math.Max(0, (limit.Input ?? limit.Context) - reserved);
    }

    private static long UsedBy(AssistantMessage answer)
    {
        var tokens = answer.Tokens;
        return tokens.Total ?? (tokens.Input + tokens.Output + tokens.Cache.Read + tokens.Cache.Write);
    }

    private static bool IsNextSummary(SessionState state, TurnState turn) =>
        turn.Queued > 0 && state.Message(turn.Prompts[turn.Taken]) is { } next && Summaries.RequestOf(next) is not null;

    private static AssistantMessage? LastAnswer(IReadOnlyList<MessageState> messages)
    {
        var newest = messages.LastOrDefault(static message => message.Info is AssistantMessage { Finish: not null, Error: null })?.Info as AssistantMessage;
        return newest is { Summary: true } ? null : newest;
    }

    private static bool IsFirstAfterSummary(IReadOnlyList<MessageState> messages, AssistantMessage answer) =>
        Summaries.Newest(messages) is { Summary: var at }
        && messages.Skip(at + 1).First(static message => message.Info is AssistantMessage { Finish: not null, Summary: not true }).Info.Id == answer.Id;
}
