using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Sessions.State;

/// <summary>The changes of a decision that remove messages and parts.</summary>
/// <remarks>The names and keys of removed prompts stay, so that no late copy takes one again.</remarks>
internal static class Removal
{
    /// <summary>Removes a message with its parts, if it is there.</summary>
    public static void Remove(this Decision decision, MessageId id)
    {
        var state = decision.State;
        if (state.Message(id) is not { } message)
            return;

        decision.State = state with { Messages = state.Messages.Remove(message), Failures = state.Failures.Remove(id), AnsweredWith = state.AnsweredWith.Remove(id) };
        decision.Emit(new MessageRemoved(decision.Id, id));
        foreach (var part in message.Parts)
            decision.Drop(Rows.Part, part.Id.Value);
        if (state.Failures.ContainsKey(id))
            decision.Drop(Rows.Failure, id.Value);
        if (state.AnsweredWith.ContainsKey(id))
            decision.Drop(Rows.AnsweredWith, id.Value);
        decision.Drop(Rows.Message, id.Value);
    }

    /// <summary>Removes a part, if it is there.</summary>
    public static void Remove(this Decision decision, MessageId messageId, PartId id)
    {
        if (decision.State.Message(messageId) is not { } message || !message.Parts.Exists(part => part.Id == id))
            return;

        decision.State = decision.State.With(message with { Parts = message.Parts.RemoveAll(part => part.Id == id) });
        decision.Emit(new PartRemoved(decision.Id, messageId, id));
        decision.Drop(Rows.Part, id.Value);
    }
}
