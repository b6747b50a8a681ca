using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Sessions;

/// <content>Everything a session understands and answers; refusals stand in Answers.cs. Each answer leaves with the commit of what it tells.</content>
internal sealed partial class SessionActor
{
    /// <summary>Makes the session. Only the region sends it, as the first message to a new actor.</summary>
    public sealed record Create(Place Place, Protocol.Requests.CreateSession Request);

    public sealed record Created(Session Info, long Offset);

    /// <summary>Changes title, archive time or permission rules; what is null stays.</summary>
    public sealed record Update(Protocol.Requests.UpdateSession Request);

    public sealed record Updated(Session Info, long Offset);

    /// <summary>Stops the run and removes the session. Only the region sends it, after the children's.</summary>
    public sealed record Delete;

    public sealed record Deleted(Session Info, long Offset);

    /// <summary>Takes a prompt. A message id or key that was taken before is answered as the first time.</summary>
    /// <param name="Request">What the client sent.</param>
    /// <param name="Key">The <c>Idempotency-Key</c>, if there was one.</param>
    public sealed record Prompt(Protocol.Requests.Prompt Request, string? Key = null);

    /// <summary>Runs a command of the user's own, without a model. Refused with <see cref="PromptRejected"/> while a turn is open.</summary>
    public sealed record RunShell(Protocol.Requests.Shell Request, string? Key = null);

    /// <summary>The prompt or command is durable.</summary>
    /// <param name="User">The user message as it was taken; with <c>noReply</c> this is the answer.</param>
    /// <param name="Turn">What to wait for.</param>
    /// <param name="Offset">The log holds the events of taking it up to here.</param>
    /// <param name="Error">Set when no run could begin: the model is unknown. The events have told so too, and there is nothing to wait for.</param>
    public sealed record Accepted(MessageWithParts User, TurnId Turn, long Offset, MessageError? Error = null);

    /// <summary>Asks to be told of a turn's end, however far away. Answered at once when it is over.</summary>
    /// <param name="Turn">From <see cref="Accepted"/>.</param>
    /// <param name="Waiter">Names who waits: asking again under the same name replaces the earlier wait.</param>
    public sealed record AwaitTurn(TurnId Turn, string Waiter);

    /// <summary>The turn is over.</summary>
    /// <param name="Message">The last assistant message that answers the prompt; the prompt itself when none was made.</param>
    /// <param name="Offset">All events of the turn, idle included, are in the log up to here.</param>
    public sealed record TurnEnded(MessageWithParts Message, long Offset);

    /// <summary>The session's actor was restarted while you waited: ask again.</summary>
    public sealed record TurnLost;

    /// <summary>Ends the open turn. Also answered, with an idle pair, when there is none.</summary>
    public sealed record Abort;

    public sealed record Aborted(long Offset);

    /// <summary>The server stops: closes the open turn, unless it only waits for its user (RULES C5), and takes no new work. Only the region sends it.</summary>
    /// <param name="IsMoving">The session goes on elsewhere at once: those who wait for its turn ask again and are sent there.</param>
    public sealed record Quiesce(bool IsMoving = false);

    /// <summary>No turn runs, none will begin, and what led to that is durable.</summary>
    public sealed record Quiesced;

    /// <summary>Lists messages, oldest first.</summary>
    /// <param name="Limit">The newest that many; all when null.</param>
    /// <param name="Before">Only those before this one.</param>
    public sealed record GetMessages(int? Limit = null, MessageId? Before = null);

    /// <summary>A page of messages; <paramref name="Older"/> is the cursor of the page before it, null when there is none.</summary>
    public sealed record Messages(IReadOnlyList<MessageWithParts> Page, MessageId? Older);

    public sealed record GetMessage(MessageId MessageId);

    public sealed record MessageFound(MessageWithParts Message);

    public sealed record ReplyPermission(PermissionId RequestId, PermissionAnswer Answer, string? Feedback = null);

    public sealed record ReplyQuestion(QuestionId RequestId, IReadOnlyList<IReadOnlyList<string>> Answers);

    public sealed record RejectQuestion(QuestionId RequestId);

    /// <summary>The permission or question is answered; whoever answers it again is told that it is not found.</summary>
    public sealed record RequestAnswered(long Offset);
}
