using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;

namespace OpenCode.Actors.Sessions.State;

/// <summary>Finds the summary that a conversation continues from, and the messages that a model still gets (rule "A summary replaces what it tells").</summary>
internal static class Summaries
{
    /// <summary>True if a message asks for a summary.</summary>
    public static CompactionPart? RequestOf(MessageState message)
    {
        // By index: an enumerator of these lists costs more than a part, and this is asked of every message for every step.
        for (var i = 0; i < message.Parts.Count; i++)
        {
            if (message.Parts[i] is CompactionPart request)
                return request;
        }

        return null;
    }

    /// <summary>True if a message is a summary, whole or not.</summary>
    public static bool IsSummary(MessageState message) => message.Info is AssistantMessage { Summary: true };

    /// <summary>Returns the messages that a model still gets: the newest complete summary and those it does not cover; all, when there is none.</summary>
    public static IEnumerable<MessageState> ForModel(IReadOnlyList<MessageState> messages)
    {
        if (Newest(messages) is not { } newest)
            return messages.Where(static message => !IsAboutSummary(message));

        var (asked, summary) = newest;
        var kept = RequestOf(messages[asked])!.TailStartId is { } tail ? messages.Take(asked).Skip(PlaceOf(messages, tail)) : [];

        // A summary tells what is before its request, and what was answered until it began. What users wrote meanwhile came too late for it.
        var late = messages.Take(summary).Skip(asked + 1).Where(static message => message.Info is UserMessage);
        var rest = kept.Concat(late).Concat(messages.Skip(summary + 1)).Where(static message => !IsAboutSummary(message));

        // What goes on behind an overflow has a later id than the prompts that waited for it meanwhile, and is answered before them.
        if (RequestOf(messages[asked]) is { Overflow: true } && messages.Skip(summary + 1).FirstOrDefault(Continuations.IsOne)?.Info.Id is { } again)
            rest = rest.OrderBy(message => message.Info.Id != again && (message.Info as AssistantMessage)?.ParentId != again);
        return [messages[asked], messages[summary], .. rest];
    }

    /// <summary>Finds the newest summary that is whole.</summary>
    /// <returns>The places of its request and of the summary.</returns>
    public static (int Asked, int Summary)? Newest(IReadOnlyList<MessageState> messages)
    {
        for (var i = messages.Count - 1; i >= 0; i--)
        {
            if (messages[i].Info is not AssistantMessage { Summary: true, Finish: not null, Error: null } summary)
                continue;

            for (var asked = i - 1; asked >= 0; asked--)
            {
                if (messages[asked].Info.Id == summary.ParentId)
                    return RequestOf(messages[asked]) is null ? null : (asked, i);
            }
        }

        return null;
    }

    // The message may have been removed since: what came after it stays.
    private static int PlaceOf(IReadOnlyList<MessageState> messages, MessageId id)
    {
        var place = messages.TakeWhile(message => message.Info.Id != id).Count();
        return place < messages.Count ? place : messages.TakeWhile(message => string.CompareOrdinal(message.Info.Id.Value, id.Value) < 0).Count();
    }

    /// <summary>True if a message is a summary, or asks for one.</summary>
    public static bool IsAboutSummary(MessageState message) => IsSummary(message) || RequestOf(message) is not null;
}
