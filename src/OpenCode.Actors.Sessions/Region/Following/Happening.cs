using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Sessions.Region.Following;

/// <summary>An event of the log that changes what lists show of a session.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Offset">Its place in the log.</param>
/// <param name="Event">The properties of the event; of <c>session.created</c> and <c>session.updated</c> the <see cref="SessionEntry"/>.</param>
internal sealed record Happening(SessionId SessionId, long Offset, object Event);
