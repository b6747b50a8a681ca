using System.Collections.Immutable;
using System.Text.Json;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;

namespace OpenCode.Actors.Sessions.State;

/// <summary>The tasks that a user gives by parts of prompts. Which of them were begun is known by the ids of their calls.</summary>
internal static class Subtasks
{
    // Before messages had the mark, this was what told them. Sessions that are stored have it: it is not changed.
    private const string UnmarkedContinuePrompt = "The task that the command gave is done; its result stands above. Tell the user in short what matters of it, and go on with what is left to do.";
    private const string MarkName = "subtask_continue";

    /// <summary>The prompt that follows the task of a command.</summary>
    public const string ContinuePrompt = UnmarkedContinuePrompt;

    /// <summary>Gets the metadata that marks it.</summary>
    public static JsonElement Mark { get; } = JsonElement.Parse($$"""{"{{MarkName}}":true}""");

    /// <summary>Returns the id of the call that does a task.</summary>
    public static string CallOf(SubtaskPart part) => $"call_{part.Id.Value}";

    /// <summary>Finds the first task of some prompts that was not begun; null when there is none.</summary>
    public static SubtaskPart? Next(SessionState state, IEnumerable<MessageId> prompts)
    {
        var given = prompts.SelectMany(id => state.Message(id)?.Parts ?? []).OfType<SubtaskPart>().ToList();
        return given.Count == 0 ? null : given.Find(task => !state.Messages.Exists(message => message.Tool(CallOf(task)) is not null));
    }

    /// <summary>Finds the prompt that continues a turn after the task of a command; null when the answer is no such task, or nothing follows.</summary>
    /// <param name="messages">The messages of the session.</param>
    /// <param name="answer">Where the last answer to a prompt is.</param>
    public static MessageId? Continuation(ImmutableList<MessageState> messages, int answer)
    {
        if (!messages[answer].Parts.Exists(static part => part is ToolPart))
            return null;

        // Other prompts may have come while the task was done.
        var next = messages.FindIndex(answer + 1, static message => message.Info is AssistantMessage || Continues(message));
        return next >= 0 && Continues(messages[next]) ? messages[next].Info.Id : null;
    }

    private static bool Continues(MessageState message) =>
        message is { Info: UserMessage, Parts: [TextPart { Synthetic: true } text] } && (text.Text == UnmarkedContinuePrompt || IsMarked(text));

    private static bool IsMarked(TextPart text) => text.Metadata is { ValueKind: JsonValueKind.Object } metadata && metadata.TryGetProperty(MarkName, out _);
}
