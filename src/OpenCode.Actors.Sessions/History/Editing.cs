using System.Diagnostics;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.History;

/// <summary>Removes messages, and removes, replaces or adds parts, on a user's command. To remove a missing one succeeds, as in opencode.</summary>
internal static class Editing
{
    /// <summary>Finds the reason to refuse an edit; null when it can be made.</summary>
    public static object? Refusal(SessionState state, SessionId session, ISessionCommand command) => command switch
    {
        DeleteMessage m => state.Turn is null ? Undone(state, m.MessageId) : new SessionBusy(session),
        DeletePart m => IsGrowing(state, m.MessageId) ? new SessionBusy(session) : Undone(state, m.MessageId),
        UpdatePart m => IsGrowing(state, m.Part.MessageId) ? new SessionBusy(session) : Undone(state, m.Part.MessageId) ?? Mistake(state, m.Part),
        _ => throw new UnreachableException(),
    };

    /// <summary>Makes an edit that is not refused.</summary>
    public static Outcome Decide(Decision decision, ISessionCommand command)
    {
        switch (command)
        {
            case DeleteMessage m: decision.Remove(m.MessageId); break;
            case DeletePart m: decision.Remove(m.MessageId, m.PartId); break;
            case UpdatePart m: decision.Put(m.Part); break;
            default: throw new UnreachableException();
        }

        return new Outcome(OutcomeKind.HistoryEdited);
    }

    // The turn's own message grows by itself, and its request for a summary says what that is of. All others are at rest, also while a turn is open.
    private static bool IsGrowing(SessionState state, MessageId message) =>
        state.Turn is { } turn && (turn.Assistant == message || (turn.Prompts.Contains(message) && state.Message(message) is { } asked && Summaries.RequestOf(asked) is not null));

    // What is undone says how its files come back.
    private static PromptRejected? Undone(SessionState state, MessageId message) =>
        state.Info?.Revert is { } revert && state.Messages.SkipWhile(other => other.Info.Id != revert.MessageId).Any(other => other.Info.Id == message)
            ? new PromptRejected($"The message {message} is undone. Bring it back by POST /session/{state.Info.Id}/unrevert and then change it, or go on with a prompt, which removes it.")
            : null;

    private static object? Mistake(SessionState state, Part part)
    {
        if (state.Message(part.MessageId) is not { } message)
            return new MessageNotFound(part.MessageId);
        if (part is UnknownPart)
            return new PromptRejected($"type: a part cannot be '{part.Type}'. Send the part with the type that it was read with.");
        if (part is ToolPart { State: ToolPending or ToolRunning })
            return new PromptRejected("state.status: no tool of this message runs; give 'completed' or 'error'.");
        if (!message.Parts.Exists(known => known.Id == part.Id) && state.Messages.Exists(other => other.Parts.Exists(known => known.Id == part.Id)))
            return new PromptRejected($"The part id {part.Id} is in use in another message: give the part a new id.");

        return null;
    }
}
