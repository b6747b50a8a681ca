using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Sessions.Commands;

/// <summary>There is no such session: never made, or deleted.</summary>
internal sealed record SessionNotFound(SessionId SessionId);

/// <summary>There is no such message in the session.</summary>
internal sealed record MessageNotFound(MessageId MessageId);

/// <summary>A turn is open, and what the command would change belongs to it.</summary>
internal sealed record SessionBusy(SessionId SessionId);

/// <summary>No tool waits for that permission: never asked, answered already, or withdrawn.</summary>
internal sealed record PermissionNotFound(PermissionId PermissionId);

/// <summary>No tool waits for an answer to that question: never asked, answered already, or withdrawn.</summary>
internal sealed record QuestionNotFound(QuestionId QuestionId);

/// <summary>The prompt or command cannot be taken as it is. To be answered as the caller's mistake.</summary>
internal sealed record PromptRejected(string Reason);

/// <summary>So many prompts wait for their turn that no more are taken.</summary>
internal sealed record TooManyPrompts(int Limit, TimeSpan RetryAfter);

/// <summary>The disk is full: nothing was changed. What is free is not known of a database's disk.</summary>
internal sealed record StorageFull(long? FreeBytes, long NeededBytes);

/// <summary>The session cannot answer now. Whether the command was carried out is unknown; one with a message id or an idempotency key can be sent again.</summary>
internal record Unavailable(string Reason, TimeSpan RetryAfter);

/// <summary>
/// Another node has the session by now, or is about to. A named command can be sent again to where the session is; any other is <see cref="Unavailable"/>.
/// </summary>
internal sealed record Moved(string Reason, TimeSpan RetryAfter) : Unavailable(Reason, RetryAfter);

/// <summary>An error while deciding: nothing was changed, and the session goes on (rule "A decision error goes to the caller").</summary>
internal sealed record CommandFailed(string Message);
