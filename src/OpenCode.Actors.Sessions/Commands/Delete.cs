using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Sessions.Commands;

/// <summary>
/// Closes the session for its deletion: its run is stopped, and it takes no prompt, no change and no new child any more; answered with <see cref="DeleteBegun"/>. Only
/// the deletion of a tree sends it, before it looks for children.
/// </summary>
internal sealed record BeginDelete : ISessionCommand;

/// <summary>The session is closed and is going to be deleted. Its children are in the log up to <paramref name="Offset"/>.</summary>
internal sealed record DeleteBegun(SessionId SessionId, long Offset);

/// <summary>Stops the run and removes the session; answered with <see cref="Deleted"/>. Only the deletion of a tree sends it, after the children's.</summary>
internal sealed record Delete : ISessionCommand;

/// <summary>The session is removed.</summary>
internal sealed record Deleted(SessionId SessionId, long Offset);
