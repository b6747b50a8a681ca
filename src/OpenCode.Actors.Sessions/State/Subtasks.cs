using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Parts;

namespace OpenCode.Actors.Sessions.State;

/// <summary>The tasks that a user gives by parts of prompts. Which of them were begun is known by the ids of their calls.</summary>
internal static class Subtasks
{
    /// <summary>The prompt that follows the task of a command.</summary>
    public const string ContinuePrompt = "The task that the command gave is done; its result stands above. Tell the user in short what matters of it, and go on with what is left to do.";

    /// <summary>Returns the id of the call that does a task.</summary>
    public static string CallOf(SubtaskPart part) => $"call_{part.Id.Value}";

    /// <summary>Finds the first task of some prompts that was not begun; null when there is none.</summary>
    public static SubtaskPart? Next(SessionState state, IEnumerable<MessageId> prompts)
    {
        var given = prompts.SelectMany(id => state.Message(id)?.Parts ?? []).OfType<SubtaskPart>().ToList();
        return given.Count == 0 ? null : given.Find(task => !state.Messages.Exists(message => message.Tool(CallOf(task)) is not null));
    }
}
