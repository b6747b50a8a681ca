using System.Diagnostics;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.History;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Turns;

namespace OpenCode.Actors.Sessions.Reads;

/// <summary>Answers reads from a committed state, wherever it comes from.</summary>
internal static class Reading
{
    /// <summary>Answers a read.</summary>
    public static object Answer(SessionId id, SessionState state, ISessionRead read) => read switch
    {
        _ when state.Info is null => new SessionNotFound(id),
        GetMessages m => Page(state, m),
        GetHistory => new HistoryFound(state.Info, [.. state.Messages.Select(state.View)]),
        GetDiff { MessageId: { } asked } => new DiffFound((state.Message(asked)?.Info as UserMessage)?.Summary?.Diffs ?? []),
        GetDiff => new DiffFound(Changes.Of(state)),
        GetTodos => new TodosFound(state.Todos),
        GetWaits => Parking.Waits(state),
        GetMessage m => state.Message(m.MessageId) is { } found ? new MessageFound(state.View(found)) : new MessageNotFound(m.MessageId),
        _ => throw new UnreachableException(),
    };

    /// <summary>Returns how a turn ended.</summary>
    /// <param name="id">The session.</param>
    /// <param name="state">Its state.</param>
    /// <param name="turn">A turn that is not open.</param>
    /// <param name="offset">The log holds all that the state tells up to here.</param>
    /// <returns><see cref="TurnEnded"/>, <see cref="SessionNotFound"/> or <see cref="MessageNotFound"/>.</returns>
    public static object EndOf(SessionId id, SessionState state, TurnId turn, long offset)
    {
        var messages = state.Messages;
        var asked = messages.FindLastIndex(message => message.Info.Id.Value == turn.Value);
        if (state.Info is not { } info)
            return new SessionNotFound(id);
        if (asked < 0)
            return new MessageNotFound(new MessageId(turn.Value));

        // Prompts that were taken up together have one answer: that to the newest of them, which follows them all. What the open turn says is no answer to a turn that is over.
        var answer = messages.FindIndex(asked, message => message.Info is AssistantMessage reply && string.CompareOrdinal(reply.ParentId.Value, turn.Value) >= 0
            && !state.IsOpen(new TurnId(reply.ParentId.Value)) && (reply.ParentId.Value == turn.Value || !IsOfSummary(state, reply)));
        if (answer >= 0)
        {
            answer = Last(state, messages[asked], ((AssistantMessage)messages[answer].Info).ParentId);
        }
        else if (!state.Failures.ContainsKey(messages[asked].Info.Id))
        {
            // It waited for its turn in a turn that was closed: the end of that one is its end too.
            answer = messages.FindLastIndex(asked, static message => message.Info is AssistantMessage);
        }

        return new TurnEnded(state.View(messages[answer >= 0 ? answer : asked]), offset, info.Directory);
    }

    // A summary on the way to an answer, and what goes on behind it, answer no prompt that only waited for them.
    private static bool IsOfSummary(SessionState state, AssistantMessage reply) => reply.Summary == true || (state.Message(reply.ParentId) is { } parent && Continuations.IsOne(parent));

    // A turn may go on before an answer is whole: with another prompt, or with a summary and what follows it. The last answer on that way counts, up to one that failed. A request for a summary has that alone.
    private static int Last(SessionState state, MessageState asked, MessageId prompt)
    {
        var answer = LastTo(prompt);
        while (Summaries.RequestOf(asked) is null && state.Messages[answer].Info is AssistantMessage { Error: null } && state.AnsweredWith.TryGetValue(prompt, out prompt))
            answer = LastTo(prompt) is >= 0 and var later && !Summaries.IsSummary(state.Messages[later]) ? later : answer;
        return answer;

        int LastTo(MessageId parent) => state.Messages.FindLastIndex(message => message.Info is AssistantMessage reply && reply.ParentId == parent);
    }

    private static MessagePage Page(SessionState state, GetMessages read)
    {
        var all = state.Messages;
        var end = read.Before is { } before ? EndBefore(state, before) : all.Count;
        var start = read.Limit is { } limit ? Math.Max(0, end - limit) : 0;
        var page = all.GetRange(start, end - start).ConvertAll(state.View);
        return new MessagePage(page, start > 0 && end > start ? all[start].Info.Id : null);
    }

    // A cursor may name a message that is gone: then what sorts before it is meant.
    private static int EndBefore(SessionState state, MessageId before)
    {
        var index = state.Messages.FindIndex(message => message.Info.Id == before);
        return index >= 0 ? index : state.Messages.TakeWhile(message => string.CompareOrdinal(message.Info.Id.Value, before.Value) < 0).Count();
    }
}
