using System.Text.Json.Serialization;
using Akka.Actor;
using Akka.Event;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Reads;

namespace OpenCode.Actors.Sessions;

/// <summary>A command or a question to one session, which answers it. It may come at any time: a session that recovers or leaves memory keeps it or hands it back.</summary>
internal interface ISessionCommand;

/// <summary>A user's answer to a permission or a question. The index knows which session waits for it.</summary>
internal interface IRequestReply : ISessionCommand
{
    /// <summary>Gets the text of the request's id.</summary>
    string Request { get; }

    /// <summary>Gets the refusal when no session waits for it.</summary>
    object NotFound { get; }
}

/// <content>
/// Everything a session understands and answers. Each answer leaves with the commit of what it tells. Refusals are in Answers.cs: any command may get <see cref="Unavailable"/>,
/// any but <see cref="Create"/> <see cref="SessionNotFound"/>, and one that changes something <see cref="StorageFull"/> or <see cref="CommandFailed"/>.
/// </content>
internal sealed partial class SessionActor
{
    /// <summary>Makes the session; answered with <see cref="Created"/>. Its id is new: <see cref="ISessions.CreateAsync"/> made it.</summary>
    /// <remarks>The id is the name of the command: a copy is answered with the session as it is now, or with <see cref="SessionNotFound"/> when it was deleted since.</remarks>
    public sealed record Create(Place Place, Protocol.Requests.CreateSession Request) : ISessionCommand;

    /// <summary>The session exists. <paramref name="Offset"/> is that of its last event.</summary>
    public sealed record Created(Session Info, long Offset);

    /// <summary>Changes title, archive time or permission rules; what is null stays. Answered with <see cref="Updated"/>.</summary>
    public sealed record Update(Protocol.Requests.UpdateSession Request) : ISessionCommand;

    /// <summary>The session is changed; <paramref name="Info"/> is as it is now.</summary>
    public sealed record Updated(Session Info, long Offset);

    /// <summary>Makes a child of the session, unless that is being deleted; answered as <see cref="Create"/> is, by the child.</summary>
    /// <param name="Child">The id of the child, which is new: <see cref="ISessions.CreateAsync"/> made it. It is the name of the creation.</param>
    /// <param name="Place">Where it works.</param>
    /// <param name="Request">What the client wants.</param>
    public sealed record CreateChild(SessionId Child, Place Place, Protocol.Requests.CreateSession Request) : ISessionCommand;

    /// <summary>
    /// Closes the session for its deletion: its run is stopped, and it takes no prompt, no change and no new child any more; answered with <see cref="DeleteBegun"/>. Only
    /// <see cref="Index.DeletionActor"/> sends it, before it looks for children.
    /// </summary>
    public sealed record BeginDelete : ISessionCommand;

    /// <summary>The session is closed and is going to be deleted. Its children are in the log up to <paramref name="Offset"/>.</summary>
    public sealed record DeleteBegun(SessionId SessionId, long Offset);

    /// <summary>Stops the run and removes the session; answered with <see cref="Deleted"/>. Only <see cref="Index.DeletionActor"/> sends it, after the children's.</summary>
    public sealed record Delete : ISessionCommand;

    /// <summary>The session is removed.</summary>
    public sealed record Deleted(SessionId SessionId, long Offset);

    /// <summary>Takes a prompt; answered with <see cref="Accepted"/>, <see cref="PromptRejected"/> or <see cref="TooManyPrompts"/>.</summary>
    /// <remarks>A message id or key that was taken before is answered as the first time.</remarks>
    /// <param name="Request">What the client sent.</param>
    /// <param name="Key">The <c>Idempotency-Key</c>, if there was one.</param>
    public sealed record Prompt(Protocol.Requests.Prompt Request, string? Key = null) : ISessionCommand;

    /// <summary>Runs a command of the user's own, without a model; answered with <see cref="Accepted"/>, or with <see cref="PromptRejected"/> while a turn is open.</summary>
    public sealed record RunShell(Protocol.Requests.Shell Request, string? Key = null) : ISessionCommand;

    /// <summary>The prompt or command is durable.</summary>
    /// <param name="User">The user message as it was taken; with <c>noReply</c> this is the answer.</param>
    /// <param name="Turn">What to wait for.</param>
    /// <param name="Offset">The log holds the events of taking it up to here.</param>
    /// <param name="Error">Set when no run could begin: the model is unknown. The events say so too, and there is nothing to wait for.</param>
    /// <param name="IsOpen">Whether the turn was open at <paramref name="Offset"/>. If so, its end is an event after that; otherwise it can be read at once.</param>
    public sealed record Accepted(MessageWithParts User, TurnId Turn, long Offset, MessageError? Error = null, bool IsOpen = false);

    /// <summary>Ends the open turn; answered with <see cref="Aborted"/>, also when there is none: then the session publishes that it is idle.</summary>
    public sealed record Abort : ISessionCommand;

    /// <summary>No turn is open. The log holds the events of that up to <paramref name="Offset"/>.</summary>
    public sealed record Aborted(long Offset);

    /// <summary>Recovers the session, if it is not in memory, so that an unfinished turn is closed or waits on. Answered with <see cref="Awake"/>, also after a failure.</summary>
    public sealed record Wake : ISessionCommand, INotInfluenceReceiveTimeout
    {
        /// <summary>Gets the one that this node sends.</summary>
        public static Wake Instance { get; } = new();
    }

    /// <summary>The session is recovered, or failed to.</summary>
    /// <param name="SessionId">The session.</param>
    /// <param name="Status">Its committed status; null when it could not be recovered.</param>
    public sealed record Awake(SessionId SessionId, SessionStatus? Status = null) : IDeadLetterSuppression;

    /// <summary>
    /// Closes the open turn, unless it only waits for its user (RULES C5) or, in a cluster, was not begun (RULES G2), and begins nothing any more; answered with
    /// <see cref="Quiesced"/> or a refusal.
    /// </summary>
    /// <remarks>Only the region sends it, or a node that drains: the server stops.</remarks>
    public sealed record Quiesce;

    /// <summary>No turn runs, none will begin, and what led to that is durable.</summary>
    public sealed record Quiesced;

    /// <summary>
    /// Waits until nothing of the session's turn runs: it is over, or only waits for its user, or was never begun. On a node that drains it stays so. Answered with
    /// <see cref="Quiet"/>.
    /// </summary>
    /// <remarks>Only a node that drains sends it, to itself.</remarks>
    public sealed record AwaitQuiet : INotInfluenceReceiveTimeout
    {
        /// <summary>Gets the one that this node sends.</summary>
        public static AwaitQuiet Instance { get; } = new();
    }

    /// <summary>Nothing of the session's turn runs: it can be moved as it is.</summary>
    public sealed record Quiet(SessionId SessionId) : IDeadLetterSuppression;

    /// <summary>Tells a session that asked for it (<see cref="Region.Passivate"/>) to leave memory. Nothing is sent to it any more.</summary>
    /// <param name="Failure">Why the session cannot go on; null when it is idle, or was never there.</param>
    public sealed record Leave(Exception? Failure = null);

    /// <summary>Lists messages, oldest first; answered with <see cref="Messages"/>.</summary>
    /// <param name="Limit">The newest that many; all when null.</param>
    /// <param name="Before">Only those before this one.</param>
    public sealed record GetMessages(int? Limit = null, MessageId? Before = null) : ISessionRead;

    /// <summary>A page of messages; <paramref name="Older"/> is the cursor of the page before it, null when there is none.</summary>
    public sealed record Messages(IReadOnlyList<MessageWithParts> Page, MessageId? Older);

    /// <summary>Reads one message; answered with <see cref="MessageFound"/> or <see cref="MessageNotFound"/>.</summary>
    public sealed record GetMessage(MessageId MessageId) : ISessionRead;

    /// <summary>The message with its parts, as they are committed.</summary>
    public sealed record MessageFound(MessageWithParts Message);

    /// <summary>Answers a permission; answered with <see cref="RequestAnswered"/> or <see cref="PermissionNotFound"/>.</summary>
    /// <param name="RequestId">The request.</param>
    /// <param name="Answer">Once, always or reject.</param>
    /// <param name="Feedback">What to tell the model with a reject; the turn then goes on.</param>
    public sealed record ReplyPermission(PermissionId RequestId, PermissionAnswer Answer, string? Feedback = null) : IRequestReply
    {
        /// <inheritdoc/>
        [JsonIgnore]
        public string Request => RequestId.Value;

        /// <inheritdoc/>
        [JsonIgnore]
        public object NotFound => new PermissionNotFound(RequestId);
    }

    /// <summary>Answers a question; answered with <see cref="RequestAnswered"/> or <see cref="QuestionNotFound"/>.</summary>
    public sealed record ReplyQuestion(QuestionId RequestId, IReadOnlyList<IReadOnlyList<string>> Answers) : IRequestReply
    {
        /// <inheritdoc/>
        [JsonIgnore]
        public string Request => RequestId.Value;

        /// <inheritdoc/>
        [JsonIgnore]
        public object NotFound => new QuestionNotFound(RequestId);
    }

    /// <summary>Dismisses a question; answered as <see cref="ReplyQuestion"/> is.</summary>
    public sealed record RejectQuestion(QuestionId RequestId) : IRequestReply
    {
        /// <inheritdoc/>
        [JsonIgnore]
        public string Request => RequestId.Value;

        /// <inheritdoc/>
        [JsonIgnore]
        public object NotFound => new QuestionNotFound(RequestId);
    }

    /// <summary>The permission or question is answered; a second answer finds no request.</summary>
    public sealed record RequestAnswered(long Offset);
}
