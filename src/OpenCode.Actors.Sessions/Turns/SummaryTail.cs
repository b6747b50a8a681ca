using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>The messages that a model still gets beside a summary: the newest prompts with their answers, as configured, and prompts that wait.</summary>
internal static class SummaryTail
{
    private const int MostTokens = 8_000;
    private const int CharactersPerToken = 4;

    /// <summary>Finds the first message before a request for a summary that stays; null when the summary tells all.</summary>
    public static MessageId? From(Decision decision, MessageState asked)
    {
        var messages = decision.State.Messages;
        var at = messages.FindIndex(message => message.Info.Id == asked.Info.Id);
        var waiting = decision.Turn.Prompts.Skip(decision.Turn.Taken).ToHashSet();
        var first = messages.FindIndex(0, at, message => waiting.Contains(message.Info.Id));
        if (Summaries.RequestOf(asked) is { Overflow: true })
            return first >= 0 ? messages[first].Info.Id : null;

        var rules = ContextRoom.RulesOf(decision);
        var model = ((UserMessage)asked.Info).Model;
        var room = rules.PreserveRecentTokens
            ?? (decision.Models.TryResolve(model.ProviderId, model.ModelId, out var found) && ContextRoom.Usable(found.Info.Limit, rules) is { } usable ? (int)Math.Min(MostTokens, usable / 4) : MostTokens);
        var (left, begin) = ((long)room * CharactersPerToken, first >= 0 ? first : at);
        for (var (turns, i) = (0, begin - 1); turns < rules.TailTurns && i >= 0 && !Summaries.IsAboutSummary(messages[i]); i--)
        {
            left -= SizeOf(messages[i]);
            if (left < 0)
                break;
            if (messages[i].Info is UserMessage)
                (turns, begin) = (turns + 1, i);
        }

        return begin < at ? messages[begin].Info.Id : null;
    }

    private static long SizeOf(MessageState message) => message.Parts.Sum(static part => part switch
    {
        TextPart m => m.Text.Length,
        ReasoningPart m => m.Text.Length,
        FilePart m => m.Url.Length,
        ToolPart { State: ToolCompleted { Time.Compacted: null } state } => state.Output.Length + state.Input.GetRawText().Length,
        ToolPart m => m.State.Input.GetRawText().Length,
        _ => 0L,
    });
}
